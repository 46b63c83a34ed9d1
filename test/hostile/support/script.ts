import { WBPF_SIGNATURES } from "../../../host/src/imports/signatures.js";
import { ABI_1, buildWasm, leb, type WasmParts } from "../../../host/src/testing/wasm-builder.js";
import { WASI_SIGNATURES } from "../../../host/src/wasi/signatures.js";
import { WASM_BPF_SIGNATURES } from "../../../host/src/wasm-bpf/signatures.js";

/** The result of an earlier call, as an argument of a later one. */
export interface Ref {
  readonly ref: number;
}
export type Arg = number | Ref;

/** What a call has to come to: its result, and what `last_error` says. */
export interface Expected {
  readonly call: string;
  readonly ref: number;
  readonly results: readonly number[] | "any" | "negative" | "handle";
  readonly text: RegExp | undefined;
}

/** What the calls of a module came to. */
export interface Told {
  readonly results: readonly number[];
  readonly texts: readonly string[];
}

const RESULTS = 1024;
const LENGTHS = 2048;
const TEXTS = 4096;
const TEXT = 256;
const MOST = 96;
/** Where data begins: beyond what is told of the calls. */
const DATA = TEXTS + MOST * TEXT;
const VECTOR = 16;
export const PAGE = 65_536;

const MODULES: readonly (readonly [
  string,
  Readonly<Record<string, string | readonly string[]>>,
])[] = [
  ["wbpf", WBPF_SIGNATURES],
  ["wasi_snapshot_preview1", WASI_SIGNATURES],
  ["wasm_bpf", WASM_BPF_SIGNATURES],
];

/**
 * A module as a sequence of calls of the host with constants and earlier results, written by hand: what a compiler or an SDK would never emit. It tells what each call
 * returned and what `last_error` said, in one write at its end.
 */
export class Script {
  readonly expected: Expected[] = [];
  readonly #imports: [module: string, name: string, signature: string][] = [];
  readonly #code: number[] = [];
  readonly #data: { offset: number; bytes: Uint8Array }[] = [];
  readonly #pages: number;
  #calls = 0;
  #next = DATA;
  #tells = true;
  callback: readonly number[] | undefined;

  constructor(pages = 4) {
    this.#pages = pages;
  }

  /** The memory's end. */
  get end(): number {
    return this.#pages * PAGE;
  }

  /** Puts bytes or text into the memory. */
  put(content: string | Uint8Array): [pointer: number, length: number] {
    const bytes = Uint8Array.from(Buffer.from(content as string));
    const offset = this.#next;
    this.#next = (offset + bytes.length + 15) & ~7;
    this.#data.push({ offset, bytes });
    return [offset, bytes.length];
  }

  /** 32-bit numbers in the memory. */
  words(...numbers: number[]): number {
    const bytes = new Uint8Array(new Int32Array(numbers).buffer);
    return this.put(bytes)[0];
  }

  /** Calls the host. What comes of it does not matter. */
  call(name: string, ...args: Arg[]): Ref {
    return this.#call(name, args, "any", undefined);
  }

  /** Calls the host, which has to answer one of these. */
  gives(results: number | readonly number[], name: string, ...args: Arg[]): Ref {
    return this.#call(name, args, [results].flat(), undefined);
  }

  /** Calls the host, which has to give a handle. */
  opens(name: string, ...args: Arg[]): Ref {
    return this.#call(name, args, "handle", undefined);
  }

  /** Calls the host, which has to refuse: with a negative errno and a sentence. */
  refused(text: RegExp, name: string, ...args: Arg[]): Ref {
    return this.#call(name, args, "negative", text);
  }

  /** Instructions of any sort. */
  raw(...code: number[]): void {
    this.#code.push(...code);
  }

  /** It says nothing of its calls: for one that does not come to its end. */
  silent(): void {
    this.#tells = false;
  }

  /** `call NAME` with nothing around it, for raw code. */
  callCode(name: string): number[] {
    return [0x10, ...leb(this.#import(name))];
  }

  build(extra: WasmParts = {}): Uint8Array<ArrayBuffer> {
    if (this.#tells) this.#tell();
    return buildWasm({
      imports: this.#imports,
      memory: { pages: this.#pages },
      start: this.#code,
      data: this.#data,
      custom: [ABI_1],
      ...(this.callback !== undefined && { callback: this.callback }),
      ...extra,
    });
  }

  /** Reads what the module wrote. */
  static read(bytes: Uint8Array): Told {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const results: number[] = [];
    const texts: string[] = [];
    for (let i = 0; TEXTS - RESULTS + i * TEXT < bytes.length; i++) {
      results.push(view.getInt32(4 * i, true));
      const length = Math.min(view.getInt32(LENGTHS - RESULTS + 4 * i, true), TEXT);
      const at = TEXTS - RESULTS + i * TEXT;
      texts.push(Buffer.from(bytes.subarray(at, at + Math.max(length, 0))).toString());
    }
    return { results, texts };
  }

  #call(
    name: string,
    args: readonly Arg[],
    results: Expected["results"],
    text: RegExp | undefined,
  ): Ref {
    const ref = this.#calls++;
    if (ref >= MOST) throw new Error("too many calls");
    const index = this.#import(name);
    const [module, , signature] = this.#imports[index] as [string, string, string];
    const [params = "", result = ""] = signature.split(":");
    this.#code.push(...constant(RESULTS + 4 * ref));
    args.forEach((arg, i) => {
      const wide = params[i] === "I";
      if (typeof arg === "number") this.#code.push(wide ? 0x42 : 0x41, ...signed(arg));
      else this.#code.push(...load(RESULTS + 4 * arg.ref), ...(wide ? [0xad] : []));
    });
    this.#code.push(0x10, ...leb(index));
    // i32.wrap_i64; a function without a result leaves 0.
    if (result === "I") this.#code.push(0xa7);
    if (result === "") this.#code.push(...constant(0));
    this.#code.push(0x36, 2, 0);
    if (module === "wbpf") {
      this.#code.push(...constant(LENGTHS + 4 * ref));
      this.#code.push(...constant(TEXTS + TEXT * ref), ...constant(TEXT));
      this.#code.push(...this.callCode("last_error"), 0x36, 2, 0);
    }
    this.expected.push({ call: `${name}(${args.map(String).join(", ")})`, ref, results, text });
    return { ref };
  }

  #tell(): void {
    const words = new Uint8Array(
      new Int32Array([RESULTS, TEXTS - RESULTS + TEXT * this.#calls]).buffer,
    );
    this.#data.push({ offset: VECTOR, bytes: words });
    for (const arg of [1, VECTOR, 1, VECTOR + 8]) this.#code.push(...constant(arg));
    this.#code.push(...this.callCode("fd_write"), 0x1a);
  }

  #import(name: string): number {
    const known = this.#imports.findIndex(([, other]) => other === name);
    if (known >= 0) return known;
    for (const [module, signatures] of MODULES) {
      const signature = Object.hasOwn(signatures, name) ? signatures[name] : undefined;
      if (signature === undefined) continue;
      return this.#imports.push([module, name, [signature].flat()[0] ?? ""]) - 1;
    }
    throw new Error(`the host has no ${name}`);
  }
}

const constant = (value: number): number[] => [0x41, ...signed(value | 0)];
const load = (address: number): number[] => [...constant(0), 0x28, 2, ...leb(address)];

/** Signed LEB128, of up to 53 bits. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt(value); ; ) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && byte < 0x40) || (rest === -1n && byte >= 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}
