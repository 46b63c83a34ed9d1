import { openLink, pinAt, unpinAt } from "../abi/calls";
import { addressOf } from "../abi/memory";
import { link_destroy, link_detach, link_info, link_read, link_update } from "../abi/wbpf";
import { errno } from "../errors/errno";
import { clearLastError, setLastError } from "../errors/last_error";
import { ProgramControl } from "../program/program_control";
import { LinkInfo } from "./link_info";

/** Bytes that `link_info` writes (docs/abi.md). */
const INFO_SIZE: i32 = 24;
const info: usize = memory.data(INFO_SIZE, 8);
/** Bytes of an iterator's output that one call takes: the kernel's own buffer holds eight pages. */
const CHUNK: i32 = 32 * 1024;

/** A `bpf_link`: one program attached to one place. It lasts until it is destroyed, its object is closed or the module ends, unless it is pinned. */
export class BpfLink {
  private destroyed: bool = false;
  /** The program's link before this one. */
  earlier: BpfLink | null = null;

  constructor(readonly handle: i32) {}

  /** Opens the link that is pinned at a path of a BPF file system; `bpf_link__open`. Null after a failure. To destroy it leaves it pinned. */
  static open(path: string): BpfLink | null {
    clearLastError();
    const handle = openLink(path);
    return handle < 0 ? null : new BpfLink(handle);
  }

  /** Detaches; `bpf_link__destroy`. 0, or a negative errno. Destroying twice is allowed. */
  destroy(): i32 {
    if (this.destroyed) return 0;
    this.destroyed = true;
    clearLastError();
    return link_destroy(this.handle);
  }

  /** Detaches even if the link is pinned or held by others; `bpf_link__detach`. Linux 5.9, and a kind of link that can. */
  detach(): i32 {
    clearLastError();
    return link_detach(this.handle);
  }

  /** Puts another loaded program of the same type in its place, with no gap; `bpf_link__update_program`. */
  update(program: ProgramControl): i32 {
    const handle = program.handle;
    if (handle < 0) return handle;
    clearLastError();
    return link_update(this.handle, handle);
  }

  /** What the kernel says of it, null after a failure; `bpf_link_get_info_by_fd`. */
  info(): LinkInfo | null {
    clearLastError();
    const at = info;
    if (link_info(this.handle, at, INFO_SIZE) < INFO_SIZE) return null;
    return new LinkInfo(
      load<u32>(at),
      load<u32>(at, 4),
      load<u32>(at, 8),
      load<i32>(at, 12),
      load<u64>(at, 16),
    );
  }

  /** Pins it in a BPF file system: the program stays attached after the module's end; `bpf_link__pin`. */
  pin(path: string): i32 {
    clearLastError();
    return pinAt(this.handle, path);
  }

  /** Takes away a pin that this link made; `bpf_link__unpin`. */
  unpin(path: string): i32 {
    clearLastError();
    return unpinAt(this.handle, path);
  }

  /**
   * Of an iterator: copies what its program wrote, from where the last call ended.
   * @returns bytes, 0 at the end, or a negative errno; the next call walks anew
   */
  read(buffer: usize, capacity: i32): i32 {
    clearLastError();
    return link_read(this.handle, buffer, capacity);
  }

  /** Of an iterator: all that its program writes in one walk, as text. Null after a failure. */
  readText(): string | null {
    clearLastError();
    let buffer = new ArrayBuffer(CHUNK);
    let length = 0;
    while (true) {
      if (buffer.byteLength - length < CHUNK) {
        if (buffer.byteLength >= 1 << 29) {
          setLastError(-errno.E2BIG, "the iterator gives more than a module can hold");
          return null;
        }
        const larger = new ArrayBuffer(buffer.byteLength << 1);
        memory.copy(addressOf(larger), addressOf(buffer), length);
        buffer = larger;
      }
      const count = link_read(this.handle, addressOf(buffer) + length, buffer.byteLength - length);
      if (count < 0) return null;
      if (count == 0) return String.UTF8.decodeUnsafe(addressOf(buffer), length);
      length += count;
    }
  }
}
