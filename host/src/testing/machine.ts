import { Worker } from "node:worker_threads";

/** Milliseconds of a timer by which the machine is judged. */
const TICK_MS = 5;

const SOURCE = `
const { workerData: late } = require("node:worker_threads");
const never = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  const before = performance.now();
  Atomics.wait(never, 0, 0, ${TICK_MS});
  const over = Math.round(performance.now() - before - ${TICK_MS});
  if (over > Atomics.load(late, 0)) Atomics.store(late, 0, over);
}`;

/**
 * How late this machine is by itself: a thread that does nothing but set a timer of 5 ms, again and again. What a test allows beyond its limit is measured so in the same moment, and
 * what the code under test blocks, such as this process's main thread, is no excuse.
 */
export class Lateness {
  readonly #late = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | undefined;

  /** Resolves when it has begun to look. */
  async start(): Promise<void> {
    const worker = new Worker(SOURCE, { eval: true, workerData: this.#late });
    this.#worker = worker;
    await new Promise((resolve) => worker.once("online", resolve));
  }

  /** Milliseconds by which a timer was late at most, since the last call of this. */
  take(): number {
    return Atomics.exchange(this.#late, 0, 0);
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }
}
