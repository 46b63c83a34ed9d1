import { addressOf } from "../abi/memory";
import { kernel_symbols, user_symbols } from "../abi/wbpf_services";
import { clearLastError } from "../errors/last_error";

/** Bytes of an entry of `kernel_symbols` and `user_symbols` (docs/abi.md). */
const ENTRY: usize = 32;
/** Not a process: no number of one is negative. */
const KERNEL: i32 = i32.MIN_VALUE;
/** Bytes of room at first. */
const FIRST: i32 = 4096;

/**
 * What addresses are: the functions of the kernel or of a process that hold them. A batch is one call of the host; make one object and use it again.
 *
 * @example
 * const symbols = new Symbols();
 * const count = symbols.ofKernel(record.kernel, depth);
 * for (let i = 0; i < count; i++) console.log(symbols.name(i) + "+0x" + symbols.offset(i).toString(16));
 */
export class Symbols {
  private buffer: usize = heap.alloc(FIRST);
  private room: i32 = FIRST;
  private count: i32 = 0;

  /**
   * Finds functions of the kernel. Needs the permission `host.kallsyms`.
   * @param addresses `count` of them, at most 4,096: a `StaticArray<u64>`, or a field of a record
   * @returns `count`, or a negative errno: `-EPERM` also when the host itself may not see the kernel's addresses
   */
  ofKernel<T>(addresses: T, count: i32): i32 {
    return this.find(KERNEL, addressOf(addresses), count);
  }

  /**
   * Finds functions of a process. Needs the permission `host.symbols` for its files: of those that are not granted nothing is told.
   * @param pid as the host sees it
   * @param addresses as above
   * @returns `count`, or a negative errno: `-EPERM` when all of them lie in files that are not granted, `-ESRCH` when there is no such process
   */
  ofProcess<T>(pid: i32, addresses: T, count: i32): i32 {
    return this.find(pid, addressOf(addresses), count);
  }

  /** The name of the i-th address's function; empty if there is none. */
  name(i: i32): string {
    return this.text(i, 16);
  }

  /** Bytes from the start of that function. */
  offset(i: i32): u64 {
    return this.has(i) ? load<u64>(this.buffer + <usize>i * ENTRY) : 0;
  }

  /** The file that is mapped there, or the kernel's module; empty if there is none, or it may not be told. */
  file(i: i32): string {
    return this.text(i, 24);
  }

  /** Where in the file, in bytes: what `addr2line` and others need. */
  fileOffset(i: i32): u64 {
    return this.has(i) ? load<u64>(this.buffer + <usize>i * ENTRY, 8) : 0;
  }

  private find(pid: i32, addresses: usize, count: i32): i32 {
    clearLastError();
    this.count = 0;
    let length = this.ask(pid, addresses, count);
    // A process may change meanwhile: what does not fit the second time is not told.
    if (length > this.room) {
      this.room = length;
      this.buffer = heap.realloc(this.buffer, length);
      length = this.ask(pid, addresses, count);
      if (length > this.room) return 0;
    }
    if (length < 0) return length;
    this.count = count;
    return count;
  }

  private ask(pid: i32, addresses: usize, count: i32): i32 {
    return pid == KERNEL
      ? kernel_symbols(addresses, count, this.buffer, this.room)
      : user_symbols(pid, addresses, count, this.buffer, this.room);
  }

  private has(i: i32): bool {
    return <u32>i < <u32>this.count;
  }

  private text(i: i32, at: usize): string {
    if (!this.has(i)) return "";
    const entry = this.buffer + <usize>i * ENTRY + at;
    return String.UTF8.decodeUnsafe(this.buffer + load<u32>(entry), load<u32>(entry, 4));
  }
}
