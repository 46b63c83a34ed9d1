import type { MessagePort } from "node:worker_threads";
import type { BackendSession } from "../backend/backend.js";
import { errno } from "../imports/errno.js";
import type { GuestMemory } from "../memory/guest-memory.js";
import type { MetricMessage } from "../metrics/metric.js";
import type { AuditLine } from "../policy/audit/coalescer.js";
import type { Turn } from "../policy/limits/turn.js";
import type { Output } from "../wasi/context.js";
import type { Outcome, WorkerMessage, WorkerStart } from "./protocol.js";

/** As many bytes may wait for the main thread before a module that writes has to wait too. */
const MAX_PENDING = 1024 * 1024;
const STDOUT = 1;

/** Where messages are posted to. */
export type Posts = Pick<MessagePort, "postMessage">;

/** The Worker's side of the messages to the main thread. */
export class MessageSender {
  readonly #port: Posts;
  readonly #pending: Int32Array;
  /** Suspended while the main thread is waited for. */
  turn: Turn | undefined;

  constructor(port: Posts, pending: SharedArrayBuffer) {
    this.#port = port;
    this.#pending = new Int32Array(pending);
  }

  output(fd: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#await(MAX_PENDING);
    Atomics.add(this.#pending, 0, bytes.length);
    this.#send({ type: "output", fd, bytes }, [bytes.buffer]);
  }

  /** Returns once it is written, so that it stands before what the module says about the same failure. */
  detail(text: string): void {
    Atomics.add(this.#pending, 0, 1);
    this.#send({ type: "detail", text });
    this.#await(0);
  }

  brokenPipe(): void {
    this.#send({ type: "broken-pipe" });
  }

  heldBack(): void {
    this.#send({ type: "held-back" });
  }

  audit(line: AuditLine): void {
    this.#send({ type: "audit", line });
  }

  metric(message: MetricMessage): void {
    this.#send({ type: "metric", message });
  }

  end(outcome: Outcome): void {
    this.#send({ type: "end", outcome });
  }

  #send(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  /** Waits until at most so many bytes are pending. `terminate()` ends it. */
  #await(most: number): void {
    if (Atomics.load(this.#pending, 0) <= most) return;
    this.turn?.pause();
    for (;;) {
      const now = Atomics.load(this.#pending, 0);
      if (now <= most) break;
      Atomics.wait(this.#pending, 0, now);
    }
    this.turn?.resume();
  }
}

/** The output of a module in a Worker: straight to this process's descriptors, or as messages. */
export class ThreadOutput implements Output {
  readonly #session: BackendSession;
  readonly #memory: GuestMemory;
  readonly #inherit: WorkerStart["inherit"];
  readonly #sender: MessageSender;
  #broken = false;

  constructor(
    session: BackendSession,
    memory: GuestMemory,
    inherit: WorkerStart["inherit"],
    sender: MessageSender,
  ) {
    this.#session = session;
    this.#memory = memory;
    this.#inherit = inherit;
    this.#sender = sender;
  }

  write(fd: number, pointer: number, length: number): number {
    if (fd === STDOUT ? this.#inherit.stdout : this.#inherit.stderr) {
      const result = this.#session.write(fd, pointer, length);
      if (result === -errno.EPIPE && fd === STDOUT && !this.#broken) {
        this.#broken = true;
        this.#sender.brokenPipe();
      }
      return result;
    }
    this.#sender.output(fd, this.#memory.bytes(pointer, length, "the output").slice());
    return length;
  }
}
