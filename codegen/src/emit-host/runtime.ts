/**
 * What generated files need besides their own classes. It is written into each of them, as far as it is used, so that they depend on nothing.
 *
 * @module
 */

/** Names of it, which no type may take. */
export const RUNTIME_NAMES: readonly string[] =
  "View Codec Int128 getBits getBigBits setBits asSigned readText writeText checkIndex sameBytes viewCodec scalarCodec perCpu BigInt DataView Uint8Array TextDecoder TextEncoder".split(
    " ",
  );

/** The base of every class. */
const VIEW = `
/** Bytes that are looked at through the fields of a C type. What is set is set in the bytes themselves. */
export abstract class View {
  /** The bytes: not a copy. */
  readonly $bytes: Uint8Array;
  readonly $view: DataView;

  /** @throws RangeError for fewer bytes than the type has */
  constructor(bytes: Uint8Array, size: number, what: string) {
    if (bytes.byteLength < size) {
      throw new RangeError(\`\${what} has \${size} bytes, and here are \${bytes.byteLength}\`);
    }
    this.$bytes = bytes;
    this.$view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}
`;

/** The others by the name that shows that they are used. Each may use those before it. */
function helpers(little: boolean): readonly (readonly [string, string])[] {
  const [from, to, step] = little ? ["last", "i >= first", "i--"] : ["first", "i <= last", "i++"];
  const shift = little ? "offset % 8" : "7 - ((offset + size - 1) % 8)";
  const [low, more, next] = little ? ["first", "i <= last", "i++"] : ["last", "i >= first", "i--"];
  return [
    [
      "getBits",
      `
/** Up to 32 bits from bit \`offset\` of the bytes on, without a sign. */
function getBits(view: DataView, offset: number, size: number): number {
  const first = Math.floor(offset / 8);
  const last = Math.floor((offset + size - 1) / 8);
  let value = 0;
  for (let i = ${from}; ${to}; ${step}) value = value * 256 + view.getUint8(i);
  return Math.floor(value / 2 ** (${shift})) % 2 ** size;
}
`,
    ],
    [
      "getBigBits",
      `
/** Any number of bits from bit \`offset\` of the bytes on, without a sign. */
function getBigBits(view: DataView, offset: number, size: number): bigint {
  const first = Math.floor(offset / 8);
  const last = Math.floor((offset + size - 1) / 8);
  let value = 0n;
  for (let i = ${from}; ${to}; ${step}) value = (value << 8n) | BigInt(view.getUint8(i));
  return BigInt.asUintN(size, value >> BigInt(${shift}));
}
`,
    ],
    [
      "setBits",
      `
/** Sets \`size\` bits from bit \`offset\` of the bytes on, and leaves the others. */
function setBits(view: DataView, offset: number, size: number, value: number | bigint): void {
  const first = Math.floor(offset / 8);
  const last = Math.floor((offset + size - 1) / 8);
  const shift = BigInt(${shift});
  const whole = typeof value === "bigint" ? value : BigInt(Math.trunc(value));
  let bits = BigInt.asUintN(size, whole) << shift;
  let mask = ((1n << BigInt(size)) - 1n) << shift;
  for (let i = ${low}; ${more}; ${next}) {
    const kept = view.getUint8(i) & ~Number(mask & 0xffn);
    view.setUint8(i, kept | Number(bits & 0xffn));
    bits >>= 8n;
    mask >>= 8n;
  }
}
`,
    ],
    [
      "asSigned",
      `
/** Bits as a number in two's complement. */
function asSigned(value: number, size: number): number {
  return value >= 2 ** (size - 1) ? value - 2 ** size : value;
}
`,
    ],
    [
      "readText",
      `
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** UTF-8 up to a NUL byte or to the end; what is no UTF-8 becomes U+FFFD. */
function readText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}
`,
    ],
    [
      "writeText",
      `
const encoder = new TextEncoder();

/** Text as UTF-8, up to a NUL character or as many whole characters as fit before a last NUL byte; the rest becomes zero. */
function writeText(bytes: Uint8Array, text: string): void {
  const end = text.indexOf("\\0");
  bytes.fill(0);
  encoder.encodeInto(end < 0 ? text : text.slice(0, end), bytes.subarray(0, Math.max(0, bytes.length - 1)));
}
`,
    ],
    [
      "checkIndex",
      `
function checkIndex(index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new RangeError(\`index \${index} is outside the \${length} elements\`);
  }
}
`,
    ],
    [
      "sameBytes",
      `
/** Whether the first \`size\` bytes are the same. */
function sameBytes(a: Uint8Array, b: Uint8Array, size: number): boolean {
  for (let i = 0; i < size; i++) if (a[i] !== b[i]) return false;
  return true;
}
`,
    ],
    [
      "Int128",
      `
/** A 16-byte integer, in two halves. */
export class Int128 extends View {
  static readonly SIZE = 16;
  constructor(bytes: Uint8Array) {
    super(bytes, 16, "__int128");
  }
  /** The low 64 bits. */
  get lo(): bigint {
    return this.$view.getBigUint64(${little ? 0 : 8}, ${little});
  }
  set lo(value: bigint) {
    this.$view.setBigUint64(${little ? 0 : 8}, value, ${little});
  }
  /** The high 64 bits; of a signed number the sign is its highest. */
  get hi(): bigint {
    return this.$view.getBigUint64(${little ? 8 : 0}, ${little});
  }
  set hi(value: bigint) {
    this.$view.setBigUint64(${little ? 8 : 0}, value, ${little});
  }
}
`,
    ],
    [
      "Codec",
      `
/** How a key, a value or a record stands in bytes. */
export interface Codec<T> {
  /** Bytes of one. */
  readonly size: number;
  /** A view is over the bytes themselves; a number is a copy. */
  read(bytes: Uint8Array): T;
  write(value: T): Uint8Array;
}
`,
    ],
    [
      "viewCodec",
      `
function viewCodec<T extends View>(type: new (bytes: Uint8Array) => T, size: number): Codec<T> {
  return { size, read: (bytes) => new type(bytes), write: (value) => value.$bytes.subarray(0, size) };
}
`,
    ],
    [
      "scalarCodec",
      `
function scalarCodec<T>(size: number, get: (view: DataView) => T, set: (view: DataView, value: T) => void): Codec<T> {
  return {
    size,
    read: (bytes) => get(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
    write(value) {
      const view = new DataView(new ArrayBuffer(size));
      set(view, value);
      return new Uint8Array(view.buffer);
    },
  };
}
`,
    ],
    [
      "perCpu",
      `
/** One value for each possible CPU, each at a multiple of 8 bytes, as the kernel gives them. */
function perCpu<T>(one: Codec<T>): Codec<T[]> {
  const stride = Math.ceil(one.size / 8) * 8;
  return {
    size: stride,
    read: (bytes) =>
      Array.from({ length: Math.floor(bytes.length / stride) }, (_, cpu) =>
        one.read(bytes.subarray(cpu * stride, cpu * stride + one.size)),
      ),
    write(values) {
      const bytes = new Uint8Array(values.length * stride);
      values.forEach((value, cpu) => {
        bytes.set(one.write(value), cpu * stride);
      });
      return bytes;
    },
  };
}
`,
    ],
  ];
}

/** The text that a file with these parts needs in front of it. */
export function runtimeFor(body: readonly string[], little: boolean): string {
  const wanted: string[] = [];
  const used = wordsIn(body);
  for (const [name, helper] of [...helpers(little)].reverse()) {
    if (!used.has(name)) continue;
    wanted.unshift(helper);
    for (const word of wordsIn([helper])) used.add(word);
  }
  return VIEW + wanted.join("");
}

/** Each part is looked through once, and on its own: joined, they may be megabytes. */
function wordsIn(parts: readonly string[]): Set<string> {
  const words = new RegExp(
    `\\b(?:${helpers(true)
      .map(([name]) => name)
      .join("|")})\\b`,
    "g",
  );
  const found = new Set<string>();
  for (const part of parts) for (const [word] of part.matchAll(words)) found.add(word);
  return found;
}
