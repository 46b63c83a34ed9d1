import { addressOf } from "../abi/memory";
import { fd_write } from "../abi/wasi";

/** Bytes of text that one output holds back at most. */
const CAPACITY: i32 = 8192;
/** UTF-8 bytes that one UTF-16 code unit makes at most: a surrogate pair is two units and four bytes. */
const BYTES_PER_UNIT: i32 = 3;

/**
 * Text on its way to a descriptor. Lines leave at once, except while records are handled: then they gather and leave with the batch, so that a record costs no
 * call of its own. Encoding goes straight into the buffer: nothing is allocated.
 */
export class Output {
  private readonly buffer: usize = heap.alloc(CAPACITY);
  private length: i32 = 0;
  private held: bool = false;

  constructor(private readonly descriptor: i32) {}

  /** Keeps lines back until {@link release}. */
  hold(): void {
    this.held = true;
  }

  /** Sends what was kept back. */
  release(): void {
    this.held = false;
    this.flush();
  }

  /** Writes a line. */
  line(text: string): void {
    this.append(text);
    this.append("\n");
    if (!this.held) this.flush();
  }

  /** Writes text as it is, without a line's end. */
  write(text: string): void {
    this.append(text);
    if (!this.held) this.flush();
  }

  /** Sends everything now. */
  flush(): void {
    let start: i32 = 0;
    while (start < this.length) {
      store<u32>(iovec, this.buffer + start);
      store<u32>(iovec, this.length - start, 4);
      // A reader that went away is no reason to end a tool: what cannot be written is dropped.
      if (fd_write(this.descriptor, iovec, 1, written) != 0) break;
      start += load<i32>(written);
    }
    this.length = 0;
  }

  private append(text: string): void {
    const units = text.length;
    let at: i32 = 0;
    while (at < units) {
      const room = (CAPACITY - this.length) / BYTES_PER_UNIT;
      if (room < min(units - at, 2)) {
        this.flush();
        continue;
      }
      let take = min(units - at, room);
      // A surrogate pair stays together.
      if (at + take < units && (text.charCodeAt(at + take - 1) & 0xfc00) == 0xd800) take--;
      this.length += <i32>(
        String.UTF8.encodeUnsafe(
          addressOf(text) + ((<usize>at) << 1),
          take,
          this.buffer + this.length,
        )
      );
      at += take;
    }
  }
}

const iovec: usize = memory.data(8, 4);
const written: usize = memory.data(4, 4);
