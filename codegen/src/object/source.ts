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
  return { elf, btf, datasecs, symbols };
}

/**
 * The variables of a section by offset. clang leaves the DATASEC's sizes and offsets 0 and they come from the symbol table; a linker of BPF objects fills them in, and
 * then they alone are sure, as two static variables may have one name.
 */
export function placeVariables(source: ObjectSource, section: ElfSection): PlacedVariable[] {
  const { btf } = source;
  const datasec = source.datasecs.get(section.name);
  if (datasec === undefined) return [];
  const byName = new Map<string, ElfSymbol>();
  for (const symbol of source.symbols.get(section.index) ?? []) {
    if (symbol.type === "object" && !byName.has(symbol.name)) byName.set(symbol.name, symbol);
  }
  const placed = datasec.variables.map((item): PlacedVariable => {
    const variable = btf.type(item.type);
    if (variable.kind !== "VAR")
      throw btf.error(datasec.id, `holds ${btf.describe(item.type)}, which is no variable`);
    const symbol = byName.get(variable.name);
    const linked = datasec.size !== 0;
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
