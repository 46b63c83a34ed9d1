import type { Btf } from "../btf/btf.js";
import type { BtfDatasec, BtfVar } from "../btf/types.js";
import type { Elf } from "../elf/elf.js";
import type { ElfSection, ElfSymbol } from "../elf/types.js";
import { FormatError, hex } from "../errors.js";

/** An object's two halves, and what every reader below needs of them. */
export interface ObjectSource {
  readonly elf: Elf;
  readonly btf: Btf;
  /** DATASECs by section name. */
  readonly datasecs: ReadonlyMap<string, BtfDatasec>;
  /** Symbols by section index. */
  readonly symbols: ReadonlyMap<number, readonly ElfSymbol[]>;
  /** Variables that BTF lists under another section than the one they are in, by the index of that. */
  readonly strays: ReadonlyMap<number, readonly Stray[]>;
}

/** A variable, and the section under which BTF lists it. */
export interface Stray {
  readonly variable: BtfVar;
  readonly listed: string;
}

/** A variable and where it stands in its section. */
export interface PlacedVariable {
  readonly variable: BtfVar;
  readonly offset: number;
  readonly size: number;
  readonly symbol: ElfSymbol | undefined;
}

export function openSource(elf: Elf, btf: Btf): ObjectSource {
  const datasecs = new Map<string, BtfDatasec>();
  for (let id = btf.firstId; id < btf.typeCount; id++) {
    if (btf.kind(id) !== "DATASEC") continue;
    const type = btf.type(id);
    if (type.kind === "DATASEC" && !datasecs.has(type.name)) datasecs.set(type.name, type);
  }
  const symbols = new Map<number, ElfSymbol[]>();
  for (const symbol of elf.symbols) {
    if (symbol.section === undefined) continue;
    const list = symbols.get(symbol.section);
    if (list === undefined) symbols.set(symbol.section, [symbol]);
    else list.push(symbol);
  }
  return { elf, btf, datasecs, symbols, strays: findStrays(elf, btf, datasecs, symbols) };
}

const VARIABLES = /^\.(?:data|bss|rodata)(?:\.|$)/;

/**
 * clang 14 lists a variable under `.data` that ends up in `.bss` when its initialiser is `{}` and its type has padding or is a union, and one of `-0.0` the other way
 * around. libbpf finds variables by name, in whatever section.
 */
function findStrays(
  elf: Elf,
  btf: Btf,
  datasecs: ReadonlyMap<string, BtfDatasec>,
  symbols: ReadonlyMap<number, readonly ElfSymbol[]>,
): Map<number, Stray[]> {
  const strays = new Map<number, Stray[]>();
  const lists = [...datasecs.values()].filter(
    ({ name, size }) => size === 0 && VARIABLES.test(name),
  );
  if (lists.length === 0) return strays;
  /** Where the variables of each name are. */
  const places = new Map<string, ElfSection[]>();
  for (const section of elf.sections.filter(({ name }) => VARIABLES.test(name))) {
    for (const { name, type } of symbols.get(section.index) ?? [])
      if (type === "object") places.set(name, [...(places.get(name) ?? []), section]);
  }
  for (const { name: listed, variables } of lists) {
    for (const item of variables) {
      const variable = btf.type(item.type);
      if (variable.kind !== "VAR") continue;
      const sections = places.get(variable.name) ?? [];
      const [first] = sections;
      if (first === undefined || sections.some(({ name }) => name === listed)) continue;
      strays.set(first.index, [...(strays.get(first.index) ?? []), { variable, listed }]);
    }
  }
  return strays;
}

/**
 * The variables of a section by offset. clang leaves the DATASEC's sizes and offsets 0 and they come from the symbol table; a linker of BPF objects fills them in, and
 * then they alone are sure, as two static variables may have one name.
 */
export function placeVariables(source: ObjectSource, section: ElfSection): PlacedVariable[] {
  const { btf, strays } = source;
  const datasec = source.datasecs.get(section.name);
  const byName = new Map<string, ElfSymbol>();
  for (const symbol of source.symbols.get(section.index) ?? []) {
    if (symbol.type === "object" && !byName.has(symbol.name)) byName.set(symbol.name, symbol);
  }
  const elsewhere = new Set([...strays.values()].flat().map(({ variable }) => variable.id));
  const listed = (datasec?.variables ?? []).filter(({ type }) => !elsewhere.has(type));
  const come = (strays.get(section.index) ?? []).map(({ variable }) => ({
    type: variable.id,
    offset: 0,
    size: 0,
  }));
  const placed = [...listed, ...come].map((item): PlacedVariable => {
    const variable = btf.type(item.type);
    if (variable.kind !== "VAR")
      throw btf.error(
        datasec?.id ?? item.type,
        `holds ${btf.describe(item.type)}, which is no variable`,
      );
    const symbol = byName.get(variable.name);
    const linked = datasec !== undefined && datasec.size !== 0;
    if (!linked && symbol === undefined) {
      throw new FormatError(
        ".symtab",
        0,
        `no symbol for the variable ${variable.name} of section ${section.name}; was the object stripped of symbols?`,
      );
    }
    const offset = linked || symbol === undefined ? item.offset : symbol.value;
    // clang gives a map that is no struct the type void: whoever reads maps says so better.
    const typeSize = btf.kind(variable.type) === "VOID" ? 0 : btf.size(variable.type);
    // A struct whose flexible array is initialised takes more than its type says.
    const size = linked || symbol === undefined ? item.size : Math.max(symbol.size, typeSize);
    if (offset + size > section.size) {
      throw new FormatError(
        section.name,
        offset,
        `the variable ${variable.name} (${hex(offset)} to ${hex(offset + size)}) leaves the ${hex(section.size)} bytes of the section`,
      );
    }
    if (size < typeSize)
      throw btf.error(variable.id, `takes ${size} bytes, but its type has ${typeSize}`);
    return { variable, offset, size, symbol };
  });
  return placed.sort((a, b) => a.offset - b.offset);
}
