import { AUDIT_COUNTS, type AuditLine } from "./coalescer.js";
import type { AuditRecord, AuditSink } from "./record.js";

/** The main thread's end of the audit log of one run. */
export class AuditCollector {
  /** For the {@link Coalescer} in the Worker. */
  readonly counts = new SharedArrayBuffer(AUDIT_COUNTS);
  readonly #sink: AuditSink;
  readonly #records = new Map<number, AuditRecord>();

  constructor(sink: AuditSink) {
    this.#sink = sink;
  }

  receive(line: AuditLine): void {
    if ("record" in line) {
      this.#records.set(line.slot, line.record);
      this.#sink(line.record);
    } else {
      this.#repeat(line.slot, line.repeated);
    }
  }

  /** To be called when the Worker is gone: tells what was counted and not told. */
  end(): void {
    new Int32Array(this.counts).forEach((count, slot) => {
      if (count > 0) this.#repeat(slot, count);
    });
  }

  #repeat(slot: number, repeated: number): void {
    const record = this.#records.get(slot);
    if (record === undefined) return;
    this.#sink({ ...record, time: new Date().toISOString(), repeated });
  }
}
