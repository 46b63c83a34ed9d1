import { WasmReader } from "./reader.js";
import { SectionId, type WasmSection } from "./sections.js";

/** Beyond this an image is not worth building: no BPF object lies that high, and a hostile offset must not cost gigabytes. */
const MAX_IMAGE = 64 * 1024 * 1024;

interface Segment {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * What the module's memory holds before it runs, from address 0. The segments are put together because optimisers split them at every run of zeros.
 * The module must have passed V8's validation. Passive segments and those at a computed offset are left out.
 */
export function readMemoryImage(bytes: Uint8Array, sections: readonly WasmSection[]): Uint8Array {
  const segments = readSegments(bytes, sections).filter(
    (s) => s.offset + s.bytes.length <= MAX_IMAGE,
  );
  let size = 0;
  for (const s of segments) size = Math.max(size, s.offset + s.bytes.length);
  // An object may end with zeros, which an optimiser leaves out: its length is in its headers.
  const image = new Uint8Array(Math.min(MAX_IMAGE, size + 4096));
  for (const s of segments) image.set(s.bytes, s.offset);
  return image;
}

function readSegments(bytes: Uint8Array, sections: readonly WasmSection[]): Segment[] {
  const section = sections.find((s) => s.id === SectionId.data);
  if (section === undefined) return [];
  const reader = new WasmReader(bytes, section.start, section.end);
  const segments: Segment[] = [];
  for (let count = reader.u32(); count > 0; count--) {
    const mode = reader.u32();
    if (mode === 2) reader.u32();
    const offset = mode === 1 ? undefined : readOffset(reader);
    const content = reader.take(reader.u32());
    if (offset !== undefined) segments.push({ offset, bytes: content });
  }
  return segments;
}

const I32_CONST = 0x41;
const GLOBAL_GET = 0x23;
const END = 0x0b;

/** A segment's offset, if it is a plain `i32.const`. */
function readOffset(reader: WasmReader): number | undefined {
  let value: number | undefined;
  let plain = true;
  for (;;) {
    switch (reader.u8()) {
      case END:
        return plain ? value : undefined;
      case I32_CONST:
        if (value !== undefined) plain = false;
        value = reader.i32() >>> 0;
        break;
      case GLOBAL_GET:
        plain = false;
        reader.skipLeb();
        break;
      default:
        plain = false;
        break;
    }
  }
}
