import { resolve } from "../btf/size.js";
import { CodegenError } from "../errors.js";
import { Relocations } from "./relocations.js";
import { type ObjectSource, placeVariables } from "./source.js";
import type { StructOpsSpec } from "./types.js";

const SECTIONS = new Set([".struct_ops", ".struct_ops.link", "?.struct_ops", "?.struct_ops.link"]);

/** The variables that libbpf makes STRUCT_OPS maps of, and the programs that they point at. */
export function readStructOps(source: ObjectSource): StructOpsSpec[] {
  const { btf } = source;
  return source.elf.sections
    .filter(({ name }) => SECTIONS.has(name))
    .flatMap((section) => {
      const relocations = new Relocations(source, section);
      return placeVariables(source, section).map(({ variable, offset, size }): StructOpsSpec => {
        const type = resolve(btf, variable.type);
        if (type.kind !== "STRUCT") {
          throw new CodegenError(
            "BAD_STRUCT_OPS",
            `${variable.name} in SEC("${section.name}") is a ${type.kind}, not a struct of operations`,
          );
        }
        const members = new Map(
          type.members.map((member) => [offset + member.bitOffset / 8, member.name]),
        );
        const programs = new Map<string, string>();
        for (const reference of relocations.between(offset, offset + size)) {
          const member = members.get(reference.offset);
          if (member !== undefined && reference.target !== undefined)
            programs.set(member, reference.target);
        }
        return { name: variable.name, section: section.name, type: variable.type, size, programs };
      });
    });
}
