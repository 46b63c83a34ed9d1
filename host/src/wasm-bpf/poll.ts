import type { BackendBuffer, BackendMap } from "../backend/backend.js";
import { bpfError, errno } from "../imports/errno.js";
import type { Callback } from "./callback.js";
import { Records } from "./records.js";

/** Bytes of a batch. More gains nothing (docs/architecture.md), and the largest record of a perf buffer fits. */
const BATCH = 128 * 1024;
/** One poll ends after so many bytes even if the ring never becomes empty, so that a module under a flood can do its other work. */
const LEAST_PER_POLL = 1024 * 1024;

interface Opened {
  buffer: BackendBuffer;
  batch: ArrayBuffer;
}

/** Reads buffers in batches into memory of the host's own, and calls a module's function with each record. */
export class Poller {
  readonly #opened = new Map<BackendMap, Opened>();
  readonly #records: Records;
  /** Every buffer may use it: only one poll runs at a time. */
  readonly #batch = new ArrayBuffer(BATCH);
  readonly #beforeWait: () => void;
  #busy = false;
  /** The map whose records are being handed out. */
  #current: BackendMap | undefined;

  readonly #calls: Int32Array | undefined;

  /**
   * @param beforeWait called when all is opened that a poll needs
   * @param calls of one element, which goes up with each call of a callback
   */
  constructor(memory: WebAssembly.Memory, beforeWait: () => void, calls?: Int32Array) {
    this.#calls = calls;
    this.#records = new Records(memory);
    this.#beforeWait = beforeWait;
  }

  /**
   * Waits for records, and calls `callback` with each.
   * @param data where the module wants them: a range of `size` bytes that lies in its memory
   * @returns how many, or a negative errno of the wait
   * @throws BpfError `EBUSY` when a callback polls, `EINVAL` for a map that is no buffer; whatever `callback` throws
   */
  poll(
    map: BackendMap,
    callback: Callback,
    ctx: number,
    data: number,
    size: number,
    timeoutMs: number,
  ): number {
    if (this.#busy) {
      throw bpfError("EBUSY", "wasm_bpf_buffer_poll cannot be called by a callback of its own");
    }
    const opened = this.#open(map);
    this.#beforeWait();
    const limit = Math.max(map.info.maxEntries, LEAST_PER_POLL);
    let count = 0;
    let bytes = 0;
    let length = this.#read(map, opened, timeoutMs);
    if (length <= 0) return length;
    this.#busy = true;
    this.#current = map;
    try {
      while (length > 0 && this.#current !== undefined) {
        this.#records.begin(opened.batch, length, data, size);
        count += deliver(callback, ctx, data, this.#records.next, this.#calls);
        bytes += length;
        if (bytes >= limit || this.#current === undefined) break;
        length = this.#read(map, opened, 0);
      }
      return count;
    } finally {
      this.#busy = false;
      this.#current = undefined;
    }
  }

  /** The maps are about to be closed with their object. Records of theirs that are still in a batch are not handed out. */
  forget(maps: readonly BackendMap[]): void {
    for (const map of maps) {
      this.#opened.delete(map);
      if (this.#current !== map) continue;
      this.#current = undefined;
      this.#records.end();
    }
  }

  #open(map: BackendMap): Opened {
    let opened = this.#opened.get(map);
    if (opened === undefined) {
      opened = { buffer: map.openBuffer(this.#batch), batch: this.#batch };
      this.#opened.set(map, opened);
    }
    return opened;
  }

  #read(map: BackendMap, opened: Opened, timeoutMs: number): number {
    const result = opened.buffer.poll(0, opened.batch.byteLength, timeoutMs);
    if (result !== -errno.ENOSPC) return result;
    // The kernel keeps the place, so nothing is lost when the ring is opened again with more room.
    opened.batch = new ArrayBuffer((opened.buffer.pendingSize + 8 + 7) & ~7);
    opened.buffer.close();
    opened.buffer = map.openBuffer(opened.batch);
    return opened.buffer.poll(0, opened.batch.byteLength, timeoutMs);
  }
}

/** What the callback returns means nothing: every record is delivered. */
function deliver(
  callback: Callback,
  ctx: number,
  data: number,
  next: () => number,
  calls: Int32Array | undefined,
): number {
  let count = 0;
  for (let size = next(); size >= 0; size = next()) {
    if (calls !== undefined) calls[0] = (calls[0] ?? 0) + 1;
    callback(ctx, data, size);
    count++;
  }
  return count;
}
