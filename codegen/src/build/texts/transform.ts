import type { Transform } from "assemblyscript/asc";
import { readSegments, type Segment, without, writeSegments } from "../data.js";
import type { Binaryen, Module } from "../ir.js";
import {
  CODE_SECTION,
  DATA_COUNT_SECTION,
  DATA_SECTION,
  GLOBAL_SECTION,
  joinSections,
  leb128,
  MEMORY_SECTION,
  readLeb128,
  type Section,
  splitSections,
} from "../wasm.js";
import { addUnpacker, HEADER, isPackable, type Packing, pack, type StaticText } from "./stream.js";
import { textsOfAborts, unreferenced } from "./unused.js";

/** What is looked at of the compiler's own class. */
interface CompilerLike {
  readonly program: object;
  readonly stringSegments: ReadonlyMap<string, { readonly offset: unknown }>;
  readonly memorySegments: readonly { readonly offset: unknown; readonly buffer: Uint8Array }[];
  /** The end of what is in memory, once all is compiled. */
  readonly memoryOffset: unknown;
}
interface CompilerClass {
  readonly prototype: { compile(this: CompilerLike): unknown };
}
interface Options {
  readonly importMemory: boolean;
  readonly sharedMemory: boolean;
  readonly target: number;
}
/** `Target.Wasm64` of the compiler */
const WASM64 = 1;

/** Name of the function that unpacks. */
const UNPACK = "~wbpf/texts";
const PAGE = 0x10000;

/** An address as the compiler has it, which is a number of 64 bits of its own kind. */
const addressOf = (offset: unknown): number => Number(String(offset));

/** Which compiler is at work on a program. */
const compilers = new WeakMap<object, CompilerLike>();
let watching = false;

function watch({ prototype }: CompilerClass): void {
  if (watching) return;
  watching = true;
  const original = prototype.compile;
  prototype.compile = function (): unknown {
    compilers.set(this.program, this);
    return original.call(this);
  };
}

/**
 * Packs the strings that a module begins with. AssemblyScript has them in UTF-16 behind a header of five words, each in a segment of its own; here all of them are one segment, a byte for each
 * character and two more for each string, which the module's start function unpacks before anything else runs (docs/build.md, "Texts").
 *
 * It is the last step inside the compiler; what it returns as `finish` then takes the optimised module.
 *
 * @param compiler the compiler's own module
 */
export function packTexts(compiler: unknown): {
  readonly transform: Transform;
  readonly finish: (wasm: Uint8Array) => Uint8Array;
} {
  let texts: StaticText[] = [];
  let ofAborts: StaticText[] = [];
  let packing: Packing | undefined;

  class TextsTransform {
    declare readonly binaryen: Transform["binaryen"];
    declare readonly program: Transform["program"];

    afterInitialize(): void {
      watch((compiler as { readonly Compiler: CompilerClass }).Compiler);
    }

    afterCompile(module: Module): void {
      const options = this.program.options as unknown as Options;
      const state = compilers.get(this.program);
      if (state === undefined || module.getStart() !== 0) return;
      if (options.importMemory || options.sharedMemory || options.target === WASM64) return;
      const b = this.binaryen as Binaryen;
      const places = new Set<number>();
      const all = [...state.stringSegments].map(([text, { offset }]) => {
        const place = addressOf(offset);
        places.add(place);
        return { text, address: place + HEADER };
      });
      texts = all.filter(isPackable);
      const others = state.memorySegments.filter(({ offset }) => !places.has(addressOf(offset)));
      ofAborts = textsOfAborts(
        b,
        module,
        all,
        others.map(({ buffer }) => buffer),
      );
      packing = {
        start: addressOf(state.memoryOffset),
        wide: texts.some(({ text }) => text.length > 255),
      };
      addUnpacker(b, module, UNPACK, packing);
      module.setStart(module.getFunction(UNPACK));
    }
  }

  return {
    transform: TextsTransform as unknown as Transform,
    finish: (wasm) => (packing === undefined ? wasm : packed(wasm, texts, ofAborts, packing)),
  };
}

/** The optimised module with its texts packed. */
function packed(
  wasm: Uint8Array,
  texts: readonly StaticText[],
  ofAborts: readonly StaticText[],
  packing: Packing,
): Uint8Array {
  const sections = splitSections(wasm);
  const contents = (id: number): Uint8Array[] =>
    sections.filter((section) => section.id === id).map(({ content }) => content);
  const [data] = contents(DATA_SECTION);
  const segments = data === undefined ? undefined : readSegments(data);
  // Then there is nothing to unpack, and the start function does nothing.
  if (segments === undefined) return wasm;
  const unused = new Set(
    unreferenced([...contents(CODE_SECTION), ...contents(GLOBAL_SECTION)], ofAborts),
  );
  const gone = [...new Set([...texts, ...unused])].map(({ address, text }) => ({
    start: address - HEADER,
    end: address + 2 * text.length,
  }));
  const stream: Segment = {
    offset: packing.start,
    bytes: pack(
      texts.filter((text) => !unused.has(text)),
      packing,
    ),
  };
  const rest = [...segments.flatMap((segment) => without(segment, gone)), stream];
  const pages = Math.ceil((stream.offset + stream.bytes.length + 1) / PAGE);
  return joinSections(
    wasm,
    sections.map((section) => changed(section, rest, pages)),
  );
}

function changed(section: Section, segments: readonly Segment[], pages: number): Section {
  const { id, content } = section;
  if (id === DATA_SECTION) return { id, content: writeSegments(segments) };
  if (id === DATA_COUNT_SECTION) return { id, content: Uint8Array.from(leb128(segments.length)) };
  if (id !== MEMORY_SECTION) return section;
  // Number of memories, flags, pages at the beginning, and perhaps at most.
  const [initial, end] = readLeb128(content, 2);
  if (initial >= pages) return section;
  return {
    id,
    content: Uint8Array.from([
      ...content.subarray(0, 2),
      ...leb128(pages),
      ...content.subarray(end),
    ]),
  };
}
