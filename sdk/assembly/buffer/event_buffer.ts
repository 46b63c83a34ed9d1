import { enter, leave } from "../abi/region";
import { buffer_close, buffer_open } from "../abi/wbpf";
import { buffer_available } from "../abi/wbpf_buffers";
import { clearLastError } from "../errors/last_error";
import { BpfObject } from "../object/bpf_object";
import { registerBuffer } from "./registry";

/** What every buffer that a BPF program fills has in common; {@link RingBuffer} is the first kind. */
export abstract class EventBuffer {
  /** The buffer that was made after it. */
  next: EventBuffer | null = null;
  /** The host's handle once it is open, else 0. */
  handle: i32 = 0;
  /** Records handled so far. */
  received: u64 = 0;
  /** Records that were too short for the handler's type, and so were not handled. */
  short: u64 = 0;

  /**
   * @param name of the map in the C source
   * @param minSize bytes that a record needs to be handled: the size of the handler's type. Lower it for records whose tail is left out.
   */
  constructor(
    readonly object: BpfObject,
    readonly name: string,
    public minSize: i32,
  ) {
    registerBuffer(this);
  }

  /** Whether somebody waits for its records. */
  abstract get listening(): bool;

  /** Handles the records of one batch. */
  abstract dispatch(batch: usize, length: usize): void;

  /** Opens it for reading; `run()` and `poll()` do that by themselves. 0, or a negative errno. */
  open(): i32 {
    if (this.handle > 0) return 0;
    const map = this.object.findMap(this.name);
    if (map < 0) return map;
    clearLastError();
    const outer = enter();
    const opened = this.openMap(map);
    leave(outer);
    if (opened < 0) return opened;
    this.handle = opened;
    return 0;
  }

  /** The host's handle of an open map, or a negative errno. */
  protected openMap(map: i32): i32 {
    return buffer_open(map);
  }

  /** Bytes that wait to be read, headers and all, or a negative errno; `ring__avail_data_size`. `poll(0)` reads them without waiting. */
  get available(): i32 {
    const error = this.open();
    if (error < 0) return error;
    clearLastError();
    return buffer_available(this.handle);
  }

  /** Closes it. Closing twice is allowed. */
  close(): void {
    if (this.handle > 0) buffer_close(this.handle);
    this.handle = 0;
  }
}
