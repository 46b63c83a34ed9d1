import type { GuestMemory } from "../../memory/guest-memory.js";
import { bpfError } from "../errno.js";
import { MAX_NAME, MAX_PATH, readText } from "../text.js";

/** Most texts or numbers in one list: the kernel's own limit for a multi-uprobe link is 2^20 (`MAX_UPROBE_MULTI_CNT`), which no module writes out. */
const MAX_LIST = 65_536;

/**
 * Reads the options of an attach call, field after field, as docs/abi.md lays them out: no padding, little-endian. A module that was built for fewer fields gives fewer
 * bytes: what is not there has its default. One that gives more must give zeros.
 */
export class OptionsReader {
  readonly #memory: GuestMemory;
  readonly #view: DataView;
  #at = 0;

  constructor(memory: GuestMemory, pointer: number, length: number) {
    this.#memory = memory;
    // A copy: what the module wrote cannot change between two looks.
    const bytes = memory.bytes(pointer, length, "the attach options").slice();
    this.#view = new DataView(bytes.buffer);
  }

  u32(fallback = 0): number {
    const at = this.#take(4);
    return at < 0 ? fallback : this.#view.getUint32(at, true);
  }

  i32(fallback = 0): number {
    return this.u32(fallback) | 0;
  }

  u64(): bigint {
    const at = this.#take(8);
    return at < 0 ? 0n : this.#view.getBigUint64(at, true);
  }

  flag(): boolean {
    return this.u32() !== 0;
  }

  name(what: string): string {
    return this.#text(what, MAX_NAME);
  }

  path(what: string): string {
    return this.#text(what, MAX_PATH);
  }

  /** A list of texts: the address of pairs of address and length, and how many. */
  names(what: string): string[] {
    const [pointer, count] = this.#list(what);
    return Array.from({ length: count }, (_, i) => {
      const text = this.#memory.getU32(pointer + 8 * i, what);
      const length = this.#memory.getU32(pointer + 8 * i + 4, what);
      return readText(this.#memory, text, length, what);
    });
  }

  /** A list of 64-bit numbers: their address, and how many. */
  numbers(what: string): bigint[] {
    const [pointer, count] = this.#list(what);
    const bytes = this.#memory.bytes(pointer, 8 * count, what).slice();
    const view = new DataView(bytes.buffer);
    return Array.from({ length: count }, (_, i) => view.getBigUint64(8 * i, true));
  }

  /** @throws BpfError `E2BIG`: the module asks for something that this host does not know */
  end(): void {
    for (let at = this.#at; at < this.#view.byteLength; at++) {
      if (this.#view.getUint8(at) !== 0) {
        throw bpfError(
          "E2BIG",
          `the attach options have ${this.#view.byteLength} bytes, and this host knows only the first ${this.#at}; update @wbpf/host`,
        );
      }
    }
  }

  #text(what: string, most: number): string {
    const pointer = this.u32();
    const length = this.u32();
    return readText(this.#memory, pointer, length, what, most);
  }

  #list(what: string): [pointer: number, count: number] {
    const pointer = this.u32();
    const count = this.u32();
    if (count <= MAX_LIST) return [pointer, count];
    throw bpfError("E2BIG", `${what} has ${count} entries, ${MAX_LIST} are the most`);
  }

  /** Where the next field stands, or -1 if the options end before it. */
  #take(size: number): number {
    const at = this.#at;
    if (at >= this.#view.byteLength) return -1;
    if (at + size > this.#view.byteLength) {
      throw bpfError(
        "EINVAL",
        `the attach options end inside a field, at byte ${this.#view.byteLength}`,
      );
    }
    this.#at = at + size;
    return at;
  }
}
