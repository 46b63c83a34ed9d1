import type { Module } from "./ir.js";

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
export class StaticData {
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
  private word(address: number): number | undefined {
    for (const { offset, view } of this.segments) {
      const at = address - offset;
      if (at >= 0 && at + 4 <= view.byteLength) return view.getUint32(at, true);
    }
    return undefined;
  }

  /** The text of a string object at an address; undefined where none stands. */
  text(address: number): string | undefined {
    const size = this.word(address - 4);
    if (size === undefined || size % 2 !== 0) return undefined;
    for (const { offset, view } of this.segments) {
      const at = address - offset;
      if (at < 0 || at + size > view.byteLength) continue;
      const units = Array.from({ length: size / 2 }, (_, i) => view.getUint16(at + 2 * i, true));
      return String.fromCharCode(...units);
    }
    return undefined;
  }
}
