import { viewAt } from "../abi/memory";
import { user_buffer_close, user_buffer_open, user_buffer_submit } from "../abi/wbpf_buffers";
import { errno } from "../errors/errno";
import { clearLastError, setLastError } from "../errors/last_error";
import { BpfMap } from "../map/bpf_map";
import { BpfObject } from "../object/bpf_object";

/**
 * A `USER_RINGBUF`: records from this module to BPF programs, which take them out with `bpf_user_ringbuf_drain()` (kernel 6.1 or newer). `E` is a view.
 *
 * `const record = ring.reserve(); record.field = …; ring.submit();`
 */
export class UserRingBuffer<E> extends BpfMap {
  private writer: i32 = 0;
  private readonly staging: usize;
  private reserved: bool = false;

  /** @param recordSize bytes of `E` */
  constructor(
    object: BpfObject,
    name: string,
    private readonly recordSize: i32,
  ) {
    super(object, name, 0, 0);
    this.staging = heap.alloc(max(recordSize, 1));
  }

  /** A record to fill, all zeros; `user_ring_buffer__reserve`. There is one at a time, which {@link submit} sends and {@link discard} forgets. */
  reserve(): E {
    memory.fill(this.staging, 0, this.recordSize);
    this.reserved = true;
    return viewAt<E>(this.staging);
  }

  /**
   * Sends what was reserved; `user_ring_buffer__submit`. 0, `-ENOSPC` if there is no room (it stays reserved, to be submitted again), or another negative errno.
   * @param timeoutMs how long to wait for room, 0: not at all, -1: for ever; a program that drains ends the wait
   */
  submit(timeoutMs: i32 = 0): i32 {
    if (!this.reserved) return setLastError(-errno.EINVAL, "nothing was reserved in ", this.name);
    const error = this.open();
    if (error < 0) return error;
    clearLastError();
    const result = user_buffer_submit(this.writer, this.staging, this.recordSize, timeoutMs);
    if (result < 0) this.error = result;
    else this.reserved = false;
    return result;
  }

  /** Forgets what was reserved; `user_ring_buffer__discard`. Programs never see it. */
  discard(): void {
    this.reserved = false;
  }

  /** Opens it for writing; {@link submit} does that by itself. 0, or a negative errno. */
  open(): i32 {
    if (this.writer > 0) return 0;
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    const opened = user_buffer_open(handle);
    if (opened < 0) return this.failed(opened);
    this.writer = opened;
    return 0;
  }

  /** Closes it. Closing twice is allowed. */
  close(): void {
    if (this.writer > 0) user_buffer_close(this.writer);
    this.writer = 0;
  }
}
