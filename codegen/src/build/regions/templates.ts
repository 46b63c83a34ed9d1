import type { Binaryen, Module } from "../ir.js";
import type { Calls } from "./calls.js";
import { CONCAT } from "./names.js";

/** Most parts of which a chain is shorter and does not copy the first of them too often. */
const MOST_PARTS = 24;

/**
 * Joins the parts of template literals one to the next. AssemblyScript puts them into an array and joins that, which does the same one by one, skips what is null (no part is: the compiler writes
 * "null"), and takes code and an array for each literal.
 */
export function chainTemplates(b: Binaryen, module: Module, calls: Calls): void {
  if (module.getFunction(CONCAT) === 0) return;
  const data = new StaticData(module);
  for (const { array, join, sets } of calls.templates) {
    const length = data.word(array - 4);
    const pieces: number[] = [];
    let plain = join.replace !== undefined && length !== undefined && length >> 2 <= MOST_PARTS;
    for (let i = 0; plain && length !== undefined && i < length >> 2; i++) {
      const set = sets.find(({ parts }) => parts[1]?.value === i);
      const part = set?.parts[2];
      const address = data.word(array + 4 * i);
      const size = address === undefined || address === 0 ? undefined : data.word(address - 4);
      if (set !== undefined) {
        if (part?.kind === b.LocalGetId && set.replace !== undefined) pieces.push(part.ref);
        else plain = false;
      } else if (address === undefined || size === undefined) {
        plain = false;
      } else if (size > 0) {
        pieces.push(module.i32.const(address));
      }
    }
    const [first, ...others] = pieces;
    if (!plain || first === undefined || join.parts[1]?.value === undefined) continue;
    if (data.word(join.parts[1].value - 4) !== 0) continue;
    for (const { replace } of sets) replace?.(module.nop());
    join.replace?.(
      others.reduce((chain, piece) => module.call(CONCAT, [chain, piece], b.i32), first),
    );
  }
}

/** Functions of binaryen's modules that its typings have under other names. */
interface DataSegments {
  getNumDataSegments(): number;
  getDataSegmentByIndex(index: number): number;
  getDataSegmentInfo(segment: number): {
    /** Null for a segment that has no place of its own. */
    readonly offset: number | null;
    readonly data: ArrayBuffer;
  };
}

/** The memory that a module begins with. */
class StaticData {
  private readonly segments: { readonly offset: number; readonly view: DataView }[] = [];

  constructor(module: Module) {
    const { getNumDataSegments, getDataSegmentByIndex, getDataSegmentInfo } =
      module as unknown as DataSegments;
    for (let i = 0; i < getNumDataSegments(); i++) {
      const { offset, data } = getDataSegmentInfo(getDataSegmentByIndex(i));
      if (offset !== null) this.segments.push({ offset, view: new DataView(data) });
    }
  }

  /** The 32 bits at an address; undefined where nothing stands. */
  word(address: number): number | undefined {
    for (const { offset, view } of this.segments) {
      const at = address - offset;
      if (at >= 0 && at + 4 <= view.byteLength) return view.getUint32(at, true);
    }
    return undefined;
  }
}
