import { constants } from "node:os";
import type { BackendBuffer } from "../../backend/backend.js";
import type { FakeBackend } from "./backend.js";
import { range } from "./range.js";

const { EFAULT, EINVAL, ECANCELED, ENOSPC } = constants.errno;

/** A buffer with the records of its map. */
export class FakeBuffer implements BackendBuffer {
  closed = false;
  pendingSize = 0;

  constructor(
    readonly backend: FakeBackend,
    readonly memory: { readonly buffer: ArrayBuffer },
    readonly records: string[],
  ) {
    backend.openBuffers++;
  }

  poll(buf: number, cap: number): number {
    if (buf % 8 !== 0) return -EINVAL;
    const target = range(this.memory, buf, cap);
    if (target === undefined) return -EFAULT;
    if (this.backend.stopped) return -ECANCELED;
    let used = 0;
    for (let record = this.records[0]; record !== undefined; record = this.records[0]) {
      const bytes = Buffer.from(record);
      const frame = (bytes.length + 15) & ~7;
      if (used + frame > cap) {
        this.pendingSize = bytes.length;
        return used > 0 ? used : -ENOSPC;
      }
      new DataView(target.buffer).setUint32(buf + used, bytes.length, true);
      target.set(bytes, used + 8);
      used += frame;
      this.records.shift();
    }
    return used;
  }

  available(): number {
    return this.records.reduce((bytes, record) => bytes + ((record.length + 15) & ~7), 0);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.backend.openBuffers--;
  }
}
