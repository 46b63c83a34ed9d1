import type { AuditRecord, AuditSink } from "./record.js";

/** What goes from the Worker to the collector: a record that is new, or how often one was made again. */
export type AuditLine =
  | { readonly slot: number; readonly record: AuditRecord }
  | { readonly slot: number; readonly repeated: number };

/** Records that are told apart. Beyond, those of one call, kind and verdict are counted together. */
const DISTINCT = 4096;
/** A call, a kind of use and a verdict: there are fewer of them. */
const OTHERS = 1024;
/** Bytes that {@link Coalescer} counts in. */
export const AUDIT_COUNTS = 4 * (DISTINCT + OTHERS);

interface Slot {
  readonly index: number;
  /** Times since the first. */
  repeats: number;
  /** At how many it is told next: at ten, a hundred, a thousand … so that no loop can flood a log. */
  next: number;
}

/**
 * The Worker's end of the audit log. What a module does again is not sent again but counted, in memory that outlives the Worker: whoever reads the counts after
 * its end misses nothing, however it ended. The lines and the memory of a run are bounded, whatever the module does.
 */
export class Coalescer {
  readonly #send: (line: AuditLine) => void;
  /** Repeats of each slot that were not told yet. */
  readonly #counts: Int32Array;
  readonly #slots = new Map<string, Slot>();
  readonly #others = new Map<string, Slot>();

  /** @param counts {@link AUDIT_COUNTS} bytes of zeros */
  constructor(send: (line: AuditLine) => void, counts: Int32Array) {
    this.#send = send;
    this.#counts = counts;
  }

  readonly sink: AuditSink = (record) => {
    const { call, use, rule, verdict } = record;
    const key = `${call}\0${verdict}\0${rule}\0${JSON.stringify(use)}`;
    const known = this.#slots.get(key);
    if (known !== undefined) {
      this.#again(known);
    } else if (this.#slots.size < DISTINCT) {
      this.#add(this.#slots, key, this.#slots.size, record);
    } else {
      this.#other(record);
    }
  };

  #other(record: AuditRecord): void {
    const { call, use, verdict } = record;
    const key = `${call}\0${verdict}\0${use.kind}`;
    const known = this.#others.get(key);
    if (known !== undefined || this.#others.size >= OTHERS) {
      if (known !== undefined) this.#again(known);
      return;
    }
    this.#add(this.#others, key, DISTINCT + this.#others.size, {
      ...record,
      use: { kind: "others", of: use.kind },
      target: "others, too many to be told apart",
      rule: "",
    });
  }

  #add(slots: Map<string, Slot>, key: string, index: number, record: AuditRecord): void {
    slots.set(key, { index, repeats: 0, next: 10 });
    this.#send({ slot: index, record });
  }

  #again(slot: Slot): void {
    slot.repeats++;
    Atomics.add(this.#counts, slot.index, 1);
    if (slot.repeats < slot.next) return;
    slot.next *= 10;
    const repeated = Atomics.load(this.#counts, slot.index);
    this.#send({ slot: slot.index, repeated });
    // After it was sent: who is ended in between is counted twice rather than not at all.
    Atomics.sub(this.#counts, slot.index, repeated);
  }
}
