/**
 * Reading and writing bitfields. Only the bytes that hold bits of the field are touched, in one, two, four or eight at a time, so that neither the end of a
 * packed struct nor a neighbour is ever overrun.
 *
 * @module
 */

/** Part of a field's bytes that is loaded in one go. */
interface Piece {
  readonly offset: number;
  readonly bytes: 1 | 2 | 4 | 8;
}

export interface Bitfield {
  /** Bits from the start of the struct. */
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly signed: boolean;
  /** Type that the accessor has. */
  readonly type: string;
}

function pieces(field: Bitfield): Piece[] {
  const first = field.bitOffset >> 3;
  let left = Math.ceil(((field.bitOffset & 7) + field.bitSize) / 8);
  const result: Piece[] = [];
  for (let offset = first; left > 0; ) {
    const bytes = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    result.push({ offset, bytes });
    offset += bytes;
    left -= bytes;
  }
  return result;
}

function mask(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}

function hexadecimal(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** Whether the field's bits, from the start of its first byte, fit into 32. */
function isNarrow(field: Bitfield): boolean {
  return (field.bitOffset & 7) + field.bitSize <= 32;
}

/** An expression for the field's value. */
export function readBitfield(field: Bitfield, base: string): string {
  const shift = field.bitOffset & 7;
  const width = isNarrow(field) ? 32 : 64;
  const unsigned = `u${width}`;
  const first = field.bitOffset >> 3;
  const terms = pieces(field).map(({ offset, bytes }) => {
    const value = `<${unsigned}>load<u${bytes * 8}>(${base}, ${offset})`;
    const up = (offset - first) * 8 - shift;
    if (up === 0) return value;
    return up < 0 ? `(${value} >> ${-up})` : `(${value} << ${up})`;
  });
  const joined = terms.length === 1 ? (terms[0] as string) : `(${terms.join(" | ")})`;
  const unused = width - field.bitSize;
  if (field.signed) {
    const value =
      unused === 0 ? `<i${width}>${joined}` : `(<i${width}>(${joined} << ${unused})) >> ${unused}`;
    return `<${field.type}>(${value})`;
  }
  const value = unused === 0 ? joined : `${joined} & ${hexadecimal(mask(field.bitSize))}`;
  return field.type === "bool" ? `(${value}) != 0` : `<${field.type}>(${value})`;
}

/** Statements that store `value` in the field and leave its neighbours. */
export function writeBitfield(field: Bitfield, base: string, value: string): string[] {
  const shift = field.bitOffset & 7;
  const unsigned = `u${isNarrow(field) ? 32 : 64}`;
  const first = field.bitOffset >> 3;
  const result = [
    `const bits = <${unsigned}>${value}${field.type === "bool" ? "" : ` & ${hexadecimal(mask(field.bitSize))}`};`,
  ];
  for (const { offset, bytes } of pieces(field)) {
    const up = (offset - first) * 8 - shift;
    const all = mask(bytes * 8);
    const own =
      (up < 0 ? mask(field.bitSize) << BigInt(-up) : mask(field.bitSize) >> BigInt(up)) & all;
    const moved = up === 0 ? "bits" : up < 0 ? `(bits << ${-up})` : `(bits >> ${up})`;
    const type = `u${bytes * 8}`;
    const kept = all & ~own;
    const work = bytes === 8 ? "u64" : "u32";
    const text =
      kept === 0n
        ? `<${type}>${moved}`
        : `<${type}>((<${work}>load<${type}>(${base}, ${offset}) & ${hexadecimal(kept)}) | (<${work}>${moved} & ${hexadecimal(own)}))`;
    result.push(`store<${type}>(${base}, ${text}, ${offset});`);
  }
  return result;
}
