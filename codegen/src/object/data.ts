import { resolve } from "../btf/size.js";
import type { TypeId } from "../btf/types.js";
import { SHT_NOBITS } from "../elf/constants.js";
import type { ElfSection } from "../elf/types.js";
import { CodegenError } from "../errors.js";
import { type ObjectSource, placeVariables } from "./source.js";
import type { ConfigKind, DataSectionKind, DataSectionSpec, VariableSpec } from "./types.js";

const NONE = new Uint8Array();

/** The sections of global variables, in the file's order, then `.kconfig`. */
export function readDataSections(source: ObjectSource): DataSectionSpec[] {
  const sections: DataSectionSpec[] = [];
  for (const section of source.elf.sections) {
    const kind = dataKind(section);
    // libbpf makes no map of an empty section.
    if (kind === undefined || section.size === 0) continue;
    sections.push(readSection(source, section, kind));
  }
  const kconfig = readKconfig(source);
  return kconfig === undefined ? sections : [...sections, kconfig];
}

function dataKind({ name, type }: ElfSection): DataSectionKind | undefined {
  const is = (prefix: string) => name === prefix || name.startsWith(`${prefix}.`);
  if (is(".bss")) return "bss";
  if (type === SHT_NOBITS) return undefined;
  if (is(".rodata")) return "rodata";
  return is(".data") ? "data" : undefined;
}

function readSection(
  source: ObjectSource,
  section: ElfSection,
  kind: DataSectionKind,
): DataSectionSpec {
  const { btf } = source;
  const bytes = kind === "bss" ? NONE : section.data;
  const variables = placeVariables(source, section).map(
    ({ variable, offset, size, symbol }): VariableSpec => ({
      name: variable.name,
      offset,
      size,
      type: variable.type,
      linkage: variable.linkage,
      kind: resolve(btf, variable.type).kind,
      initial: bytes.subarray(offset, offset + size),
      weak: symbol?.binding === "weak",
      config: undefined,
    }),
  );
  return { name: section.name, kind, size: section.size, initial: bytes, variables };
}

/**
 * `.kconfig` is no section of the file: its variables are undefined symbols that libbpf lays out itself, by falling alignment, then by size, then by name
 * (`cmp_externs` and `bpf_object__collect_externs` of libbpf).
 */
function readKconfig(source: ObjectSource): DataSectionSpec | undefined {
  const { btf } = source;
  const datasec = source.datasecs.get(".kconfig");
  if (datasec === undefined) return undefined;
  const undefinedSymbols = new Map(
    (source.symbols.get(0) ?? []).map((symbol) => [symbol.name, symbol]),
  );
  const found = datasec.variables.map((item) => {
    const variable = btf.type(item.type);
    if (variable.kind !== "VAR")
      throw btf.error(datasec.id, `holds ${btf.describe(item.type)}, which is no variable`);
    return {
      variable,
      size: btf.size(variable.type),
      alignment: btf.alignment(variable.type),
      config: configKind(source, variable.type, variable.name),
      name: Buffer.from(variable.name),
    };
  });
  found.sort(
    (a, b) => b.alignment - a.alignment || a.size - b.size || Buffer.compare(a.name, b.name),
  );
  let end = 0;
  const variables = found.map(({ variable, size, alignment, config }): VariableSpec => {
    const offset = Math.ceil(end / alignment) * alignment;
    end = offset + size;
    return {
      name: variable.name,
      offset,
      size,
      type: variable.type,
      linkage: variable.linkage,
      kind: resolve(btf, variable.type).kind,
      initial: NONE,
      weak: undefinedSymbols.get(variable.name)?.binding === "weak",
      config,
    };
  });
  return { name: ".kconfig", kind: "kconfig", size: end, initial: NONE, variables };
}

/** The types that libbpf can fill in from the kernel's configuration (`find_kcfg_type`). */
function configKind(source: ObjectSource, id: TypeId, name: string): ConfigKind {
  const { btf } = source;
  const type = resolve(btf, id);
  if (type.kind === "INT") {
    if (type.bool) return "bool";
    if (type.size === 1 && type.bits === 8 && (type.char || type.signed)) return "char";
    if (type.size <= 8) return "int";
  }
  if (type.kind === "ENUM" && type.name === "libbpf_tristate") return "tristate";
  if (type.kind === "ARRAY" && type.length > 0) {
    const element = resolve(btf, type.elementType);
    if (element.kind === "INT" && element.size === 1) return "string";
  }
  throw new CodegenError(
    "BAD_KCONFIG",
    `extern ${btf.cDeclaration(id, name)} __kconfig: libbpf fills in only bool, char, integers, enum libbpf_tristate and char arrays`,
  );
}
