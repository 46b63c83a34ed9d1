import { addressOf } from "../abi/memory";
import { fd_write } from "../abi/wasi";
import { encode, MOST_BYTES, nextCode, units } from "../view/utf8";

/** Bytes of text that one output holds back at most. */
const CAPACITY: i32 = 8192;

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
    this.text(text);
    this.end();
  }

  /** Writes text as it is, without a line's end. */
  write(text: string): void {
    this.text(text);
    this.pause();
  }

  /** Ends the line that {@link text} and {@link bytes} wrote. */
  end(): void {
    this.bytes(LINE_END, 1);
    this.pause();
  }

  /** Sends what was written, unless it is kept back. */
  pause(): void {
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

  /** A place for that many bytes, at most {@link CAPACITY}; {@link used} follows. */
  room(bytes: i32): usize {
    if (this.length + bytes > CAPACITY) this.flush();
    return this.buffer + this.length;
  }

  /** Puts text into the buffer; a lone surrogate becomes U+FFFD. */
  text(text: string): void {
    const address = addressOf(text);
    this.units(address, address + ((<usize>text.length) << 1));
  }

  /** The same with the address of UTF-16 and its end. */
  units(address: usize, end: usize): void {
    for (let at = address; at < end; ) {
      const code = nextCode(at, end);
      at += units(code);
      // Making room may change the length, so it comes first.
      const size = <i32>encode(this.room(MOST_BYTES), code);
      this.length += size;
    }
  }

  /** Puts bytes into the buffer, which are UTF-8. */
  bytes(address: usize, length: i32): void {
    while (length > 0) {
      const part = min(length, CAPACITY);
      memory.copy(this.room(part), address, part);
      this.length += part;
      address += part;
      length -= part;
    }
  }
}

const LINE_END: usize = memory.data<u8>([0x0a]);
const iovec: usize = memory.data(8, 4);
const written: usize = memory.data(4, 4);
