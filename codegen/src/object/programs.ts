import type { BtfFunc } from "../btf/types.js";
import { SHF_EXECINSTR, SHT_PROGBITS } from "../elf/constants.js";
import type { ElfSection, ElfSymbol } from "../elf/types.js";
import { CodegenError, FormatError, hex } from "../errors.js";
import { sectionKind } from "./section-kinds.js";
import type { ObjectSource } from "./source.js";
import type { ProgramSpec, SubprogramSpec } from "./types.js";

/** Bytes of one BPF instruction. */
const INSTRUCTION_SIZE = 8;

/** The functions of an object: those in a section of their own are programs, those in `.text` are called by them. */
export function readPrograms(source: ObjectSource): {
  programs: ProgramSpec[];
  subprograms: SubprogramSpec[];
} {
  const functions = functionsByName(source);
  const programs: ProgramSpec[] = [];
  const subprograms: SubprogramSpec[] = [];
  for (const section of source.elf.sections) {
    if (section.type !== SHT_PROGBITS || (section.flags & SHF_EXECINSTR) === 0) continue;
    const symbols = (source.symbols.get(section.index) ?? []).filter(({ type }) => type === "func");
    for (const symbol of symbols.sort((a, b) => a.value - b.value)) {
      const instructions = countInstructions(section, symbol);
      const func = functions.get(symbol.name);
      const common = { name: symbol.name, instructions, func: func?.id, proto: func?.type };
      if (section.name === ".text") {
        const linkage = symbol.binding === "local" ? "static" : "global";
        subprograms.push({ ...common, linkage: func?.linkage ?? linkage });
        continue;
      }
      if (symbol.binding === "local") {
        throw new CodegenError(
          "BAD_PROGRAM",
          `program ${symbol.name} in SEC("${section.name}") is static, which libbpf refuses: remove "static"`,
        );
      }
      const autoload = !section.name.startsWith("?");
      const name = autoload ? section.name : section.name.slice(1);
      programs.push({
        ...common,
        section: name,
        autoload,
        parts: name.split("/"),
        kind: sectionKind(name),
      });
    }
  }
  return { programs, subprograms };
}

function functionsByName({ btf }: ObjectSource): Map<string, BtfFunc> {
  const functions = new Map<string, BtfFunc>();
  for (let id = btf.firstId; id < btf.typeCount; id++) {
    if (btf.kind(id) !== "FUNC") continue;
    const type = btf.type(id);
    if (type.kind !== "FUNC") continue;
    const proto = btf.kind(type.type);
    if (proto !== "FUNC_PROTO")
      throw btf.error(id, `its type is ${btf.describe(type.type)}, not a FUNC_PROTO`);
    if (!functions.has(type.name)) functions.set(type.name, type);
  }
  return functions;
}

function countInstructions(section: ElfSection, symbol: ElfSymbol): number {
  const end = symbol.value + symbol.size;
  if (
    end > section.size ||
    symbol.value % INSTRUCTION_SIZE !== 0 ||
    symbol.size % INSTRUCTION_SIZE !== 0 ||
    symbol.size === 0
  ) {
    throw new FormatError(
      section.name,
      symbol.value,
      `function ${symbol.name} (${hex(symbol.value)} to ${hex(end)}) is not whole instructions inside the ${hex(section.size)} bytes of the section`,
    );
  }
  return symbol.size / INSTRUCTION_SIZE;
}
