import { FormatError, hex } from "../errors.js";
import {
  EXTRA_SIZE,
  HEADER_SIZE,
  ITEM_SIZE,
  KINDS,
  Kind,
  MAGIC,
  REFERS,
  TYPE_SIZE,
  VERSION,
} from "./format.js";
import type { ByteOrder } from "./types.js";

/** Where everything stands in a BTF blob whose bounds and references were all checked. */
export interface Scan {
  readonly byteOrder: ByteOrder;
  /** The type section. */
  readonly types: DataView;
  /** The string section. */
  readonly strings: Uint8Array;
  /** Offset in the type section of each type; the first one is number `firstId`. */
  readonly offsets: Uint32Array;
  /** Of the type section in the blob, to name places in messages. */
  readonly typesStart: number;
  /** Whether any enum is marked signed or is an ENUM64, so that the others are known to be unsigned. */
  readonly recordsEnumSign: boolean;
}

/** Ids and string offsets that a base takes. */
export interface ScanBase {
  readonly typeCount: number;
  readonly stringEnd: number;
}

/**
 * Checks a whole BTF blob in two passes over its type section: first where each type starts, then that every name and every id that it holds exists.
 * After it, decoding can only fail on what types mean together (loops, sizes).
 */
export function scan(bytes: Uint8Array, section: string, base: ScanBase | undefined): Scan {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { little, typesStart, typesEnd, stringsStart, stringsEnd } = header(view, section);
  const types = new DataView(bytes.buffer, bytes.byteOffset + typesStart, typesEnd - typesStart);
  const firstId = base?.typeCount ?? 1;
  const offsets = findTypes(types, little, section, typesStart, firstId);
  const recordsEnumSign = checkReferences({
    types,
    little,
    section,
    typesStart,
    offsets,
    firstId,
    stringEnd: (base?.stringEnd ?? 0) + stringsEnd - stringsStart,
  });
  return {
    byteOrder: little ? "little" : "big",
    types,
    strings: bytes.subarray(stringsStart, stringsEnd),
    offsets,
    typesStart,
    recordsEnumSign,
  };
}

function header(view: DataView, section: string) {
  const length = view.byteLength;
  if (length < HEADER_SIZE) {
    throw new FormatError(
      section,
      0,
      `${length} bytes are too few for a BTF header (${HEADER_SIZE})`,
    );
  }
  const little = view.getUint16(0, true) === MAGIC;
  if (!little && view.getUint16(0, false) !== MAGIC) {
    throw new FormatError(
      section,
      0,
      `no BTF: starts with ${hex(view.getUint16(0, true))}, not ${hex(MAGIC)}`,
    );
  }
  const version = view.getUint8(2);
  if (version !== VERSION)
    throw new FormatError(section, 2, `BTF version ${version}; this program knows ${VERSION}`);
  const headerLength = view.getUint32(4, little);
  if (headerLength < HEADER_SIZE || headerLength > length) {
    throw new FormatError(
      section,
      4,
      `header length ${headerLength} is not between ${HEADER_SIZE} and ${length}`,
    );
  }
  const part = (name: string, at: number): [number, number] => {
    const start = headerLength + view.getUint32(at, little);
    const end = start + view.getUint32(at + 4, little);
    if (end > length) {
      throw new FormatError(
        section,
        at,
        `the ${name} section (${hex(start)} to ${hex(end)}) leaves the ${hex(length)} bytes of BTF`,
      );
    }
    return [start, end];
  };
  const [typesStart, typesEnd] = part("type", 8);
  const [stringsStart, stringsEnd] = part("string", 16);
  if (typesStart < stringsEnd && stringsStart < typesEnd) {
    throw new FormatError(section, 8, "the type and the string section overlap");
  }
  return { little, typesStart, typesEnd, stringsStart, stringsEnd };
}

function findTypes(
  types: DataView,
  little: boolean,
  section: string,
  typesStart: number,
  firstId: number,
): Uint32Array {
  const end = types.byteLength;
  let offsets = new Uint32Array(Math.max(16, Math.ceil(end / 24)));
  let count = 0;
  for (let at = 0; at < end; ) {
    const id = firstId + count;
    if (at + TYPE_SIZE > end) {
      throw new FormatError(
        section,
        typesStart + at,
        `type ${id} at offset ${hex(typesStart + at)}: the type section ends inside it`,
      );
    }
    const info = types.getUint32(at + 4, little);
    const kind = (info >>> 24) & 0x1f;
    if (kind === 0 || kind >= KINDS.length) {
      throw new FormatError(
        section,
        typesStart + at,
        `type ${id} at offset ${hex(typesStart + at)}: unknown kind ${kind}; this program knows 1 to ${KINDS.length - 1}`,
      );
    }
    const next =
      at + TYPE_SIZE + (EXTRA_SIZE[kind] as number) + (info & 0xffff) * (ITEM_SIZE[kind] as number);
    if (next > end) {
      throw new FormatError(
        section,
        typesStart + at,
        `type ${id} (${KINDS[kind]}) at offset ${hex(typesStart + at)}: its ${info & 0xffff} items leave the type section`,
      );
    }
    if (count === offsets.length) {
      const larger = new Uint32Array(count * 2);
      larger.set(offsets);
      offsets = larger;
    }
    offsets[count++] = at;
    at = next;
  }
  return offsets.subarray(0, count);
}

interface References {
  readonly types: DataView;
  readonly little: boolean;
  readonly section: string;
  readonly typesStart: number;
  readonly offsets: Uint32Array;
  readonly firstId: number;
  readonly stringEnd: number;
}

function checkReferences(input: References): boolean {
  let recordsEnumSign = false;
  const { types, little, offsets, firstId, stringEnd } = input;
  const typeCount = firstId + offsets.length;
  for (let index = 0; index < offsets.length; index++) {
    const at = offsets[index] as number;
    const info = types.getUint32(at + 4, little);
    const kind = (info >>> 24) & 0x1f;
    if (types.getUint32(at, little) >= stringEnd) badName(input, index, at);
    if (REFERS[kind] === 1 && types.getUint32(at + 8, little) >= typeCount)
      badId(input, index, at + 8);
    if (kind === Kind.ARRAY) {
      if (types.getUint32(at + 12, little) >= typeCount) badId(input, index, at + 12);
      if (types.getUint32(at + 16, little) >= typeCount) badId(input, index, at + 16);
      continue;
    }
    if (kind === Kind.ENUM64 || (kind === Kind.ENUM && info >>> 31 === 1)) recordsEnumSign = true;
    const step = ITEM_SIZE[kind] as number;
    if (step === 0) continue;
    const named = kind !== Kind.DATASEC;
    const idAt = kind === Kind.ENUM || kind === Kind.ENUM64 ? -1 : named ? 4 : 0;
    const end = at + TYPE_SIZE + (info & 0xffff) * step;
    for (let item = at + TYPE_SIZE; item < end; item += step) {
      if (named && types.getUint32(item, little) >= stringEnd) badName(input, index, item);
      if (idAt >= 0 && types.getUint32(item + idAt, little) >= typeCount)
        badId(input, index, item + idAt);
    }
  }
  return recordsEnumSign;
}

function where(input: References, index: number): string {
  const at = input.offsets[index] as number;
  const kind = (input.types.getUint32(at + 4, input.little) >>> 24) & 0x1f;
  return `type ${input.firstId + index} (${KINDS[kind]}) at offset ${hex(input.typesStart + at)}`;
}

function badName(input: References, index: number, at: number): never {
  const name = input.types.getUint32(at, input.little);
  throw new FormatError(
    input.section,
    input.typesStart + at,
    `${where(input, index)}: its name at ${hex(name)} is outside the ${hex(input.stringEnd)} bytes of strings`,
  );
}

function badId(input: References, index: number, at: number): never {
  const id = input.types.getUint32(at, input.little);
  throw new FormatError(
    input.section,
    input.typesStart + at,
    `${where(input, index)}: refers to type ${id}, but the last one is ${input.firstId + input.offsets.length - 1}`,
  );
}
