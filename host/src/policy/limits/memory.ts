import { ModuleError } from "../../errors.js";
import { WasmReader } from "../../wasm/reader.js";
import { readSections, SectionId, type WasmSection } from "../../wasm/sections.js";
import { bytesText } from "./limit.js";

/** Bytes of a page of Wasm memory. */
const PAGE = 65_536;
/** What an element of a table and a global cost in V8, rounded up. */
const ELEMENT = 32;
const GLOBAL = 16;
/** Tables and globals may take a part of the limit on top of it, and at least so much: every module has some. */
const LEAST_REST = 65_536;
const REST_PART = 4;
/** `limits` with a maximum, in binary (core specification, 5.3.7). */
const HAS_MAXIMUM = 1;
/** The reference types that V8 accepts without a proposal: `funcref` and `externref`. */
const REFERENCES: ReadonlySet<number> = new Set([0x70, 0x6f]);

/** A module that cannot have more memory than it may. */
export interface LimitedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By how many bytes everything behind the memory's declaration stands later than in the original: the code, too. */
  readonly shift: number;
}

/**
 * Lowers what a module declares as the most that its memory and its tables may ever have, so that the engine itself refuses more: `memory.grow` and `table.grow`
 * then return -1, as the specification says. The memory may have `limit` bytes, in whole pages; tables and globals on top of that a quarter as much.
 *
 * @param bytes of a module that V8 accepts, and that imports only functions
 * @returns `undefined` when nothing has to be changed
 * @throws {@link ModuleError} `MODULE_LIMIT` when it starts with more than that
 */
export function limitMemory(bytes: Uint8Array, limit: number): LimitedModule | undefined {
  const sections = readSections(bytes);
  const rest = Math.max(LEAST_REST, Math.floor(limit / REST_PART)) - globalBytes(bytes, sections);
  const patches = [
    ...patchTables(bytes, sections, rest),
    ...patchMemories(bytes, sections, Math.floor(limit / PAGE), limit),
  ];
  return patches.length === 0 ? undefined : apply(bytes, patches);
}

/** A section and what it is to be. */
interface Patch {
  readonly section: WasmSection;
  readonly content: readonly number[];
}

interface Bounds {
  readonly flags: number;
  readonly least: number;
  readonly most: number | undefined;
}

function readBounds(reader: WasmReader): Bounds {
  const flags = reader.u8();
  const least = reader.u32();
  return { flags, least, most: (flags & HAS_MAXIMUM) !== 0 ? reader.u32() : undefined };
}

const writeBounds = ({ flags, least }: Bounds, most: number): number[] => [
  flags | HAS_MAXIMUM,
  ...leb(least),
  ...leb(most),
];

function patchMemories(
  bytes: Uint8Array,
  sections: readonly WasmSection[],
  pages: number,
  limit: number,
): Patch[] {
  const section = sections.find(({ id }) => id === SectionId.memory);
  if (section === undefined) return [];
  const reader = new WasmReader(bytes, section.start, section.end);
  const memories = Array.from({ length: reader.u32() }, () => readBounds(reader));
  const start = memories.reduce((sum, { least }) => sum + least, 0);
  if (start > pages) {
    throw new ModuleError(
      "MODULE_LIMIT",
      `its memory has ${bytesText(start * PAGE)} from the start, and limits.memory allows ${bytesText(limit)}`,
    );
  }
  // Several memories share what there is: each may have what it starts with, the first may grow.
  let left = pages - start;
  const content = memories.flatMap((memory) => {
    const most = Math.min(memory.most ?? Number.POSITIVE_INFINITY, memory.least + left);
    left -= most - memory.least;
    return writeBounds(memory, most);
  });
  const unchanged = memories.length === 1 && (memories[0]?.most ?? Infinity) <= pages;
  return unchanged ? [] : [{ section, content: [...leb(memories.length), ...content] }];
}

function patchTables(bytes: Uint8Array, sections: readonly WasmSection[], rest: number): Patch[] {
  const section = sections.find(({ id }) => id === SectionId.table);
  if (section === undefined) return [];
  const reader = new WasmReader(bytes, section.start, section.end);
  const tables = Array.from({ length: reader.u32() }, () => {
    const type = reader.u8();
    if (!REFERENCES.has(type)) {
      throw new ModuleError(
        "MODULE_LIMIT",
        "it has a table of a kind that limits.memory cannot bound; build it without the proposal for garbage collection",
      );
    }
    return { type, ...readBounds(reader) };
  });
  const start = tables.reduce((sum, { least }) => sum + least, 0);
  let left = Math.floor(rest / ELEMENT) - start;
  if (left < 0) {
    throw new ModuleError(
      "MODULE_LIMIT",
      `its tables have ${start} elements from the start, and limits.memory allows ${Math.max(0, left + start)} beside its globals`,
    );
  }
  let changed = false;
  const content = tables.flatMap((table) => {
    const wanted = table.most ?? Number.POSITIVE_INFINITY;
    const most = Math.min(wanted, table.least + left);
    left -= most - table.least;
    changed ||= most !== wanted;
    return [table.type, ...writeBounds(table, most)];
  });
  return changed ? [{ section, content: [...leb(tables.length), ...content] }] : [];
}

function globalBytes(bytes: Uint8Array, sections: readonly WasmSection[]): number {
  const section = sections.find(({ id }) => id === SectionId.global);
  return section === undefined ? 0 : GLOBAL * new WasmReader(bytes, section.start).u32();
}

function apply(bytes: Uint8Array, patches: readonly Patch[]): LimitedModule {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { section, content } of patches) {
    pieces.push(bytes.subarray(at, section.head));
    pieces.push(Uint8Array.from([section.id, ...leb(content.length), ...content]));
    at = section.end;
  }
  pieces.push(bytes.subarray(at));
  const limited = new Uint8Array(Buffer.concat(pieces));
  return { bytes: limited, shift: limited.length - bytes.length };
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}
