import { Worker } from "node:worker_threads";

/** Runs in a thread of its own, since the test's blocks: says that it is there, sleeps, runs `action`, and notes the time just before. */
const SOURCE = `
const { parentPort, workerData } = require("node:worker_threads");
const { fd, delay, action, moment } = workerData;
const fs = require("node:fs");
parentPort.once("message", () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delay);
  moment[0] = process.hrtime.bigint();
  if (action === "signal") fs.writeSync(fd, new Uint8Array(new BigUint64Array([1n]).buffer));
  if (action === "read") fs.readSync(fd, Buffer.alloc(1 << 20));
});
parentPort.postMessage("ready");
`;

/** A thread that does one thing to a descriptor, after a while. */
export class Waker {
  readonly #worker: Worker;
  readonly #moment = new BigInt64Array(new SharedArrayBuffer(8));

  private constructor(fd: number, action: "signal" | "read", delay: number) {
    const workerData = { fd, delay, action, moment: this.#moment };
    this.#worker = new Worker(SOURCE, { eval: true, workerData });
  }

  /** Resolves when the thread stands ready; {@link start} then sets it off. */
  static async create(fd: number, action: "signal" | "read", delay = 50): Promise<Waker> {
    const waker = new Waker(fd, action, delay);
    await new Promise((resolve) => waker.#worker.once("message", resolve));
    return waker;
  }

  start(): void {
    this.#worker.postMessage("go");
  }

  /** Milliseconds since it acted. */
  get elapsed(): number {
    return Number(process.hrtime.bigint() - (this.#moment[0] ?? 0n)) / 1e6;
  }

  /** Whether it has acted. */
  get acted(): boolean {
    return this.#moment[0] !== 0n;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
