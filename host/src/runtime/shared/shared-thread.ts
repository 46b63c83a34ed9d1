import { EventEmitter } from "node:events";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { StopSignal } from "../../backend/stop.js";
import { HostError, messageOf, UsageError } from "../../errors.js";
import { checkBackendName } from "../backends.js";
import { MAX_TIMER } from "../options.js";
import type { WorkerStart } from "../protocol.js";
import { alive } from "../registry.js";
import type { ModuleThread } from "../thread.js";
import {
  CLOSED,
  type SharedCommand,
  type SharedMessage,
  type SharedThreadData,
} from "./protocol.js";

const TURN_MS = 1000;
const START_MS = 10_000;

/** How a thread for several modules is made. */
export interface SharedThreadOptions {
  /** How long a module may go on without waiting for anything, in milliseconds, before it is ended; it may get up to twice that. Default: 1000. */
  readonly turnMs?: number;
  /** The same from its start to its first wait, in which a module mostly opens, loads and attaches. Default: 10,000. */
  readonly startMs?: number;
  /** As {@link StartOptions.backend}, for all of them. Default: `"kernel"`. */
  readonly backend?: string;
}

/** What {@link SharedThread.close} asks of a module. */
interface Stoppable {
  stop(): void;
  readonly finished: Promise<unknown>;
}

/**
 * One thread for many modules that were built with `wbpf build --shared`: while one waits the others run, and a further one costs an eighth of a megabyte where a
 * thread of its own costs ten. Each has its own memory, its own handles, its own policy, and ends by itself; they share the thread's time, and one that does not give
 * way is ended.
 *
 * @example
 * const thread = new SharedThread();
 * const running = module.start({ thread, policy });
 * await thread.close();
 */
export class SharedThread {
  /** What runs the BPF programs of its modules. */
  readonly backend: string;
  /** Wakes the thread for a command; it reads the signal away. */
  readonly #wake: StopSignal;
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly #modules = new Map<number, SharedModule>();
  readonly #running = new Set<Stoppable>();
  readonly #gone: Promise<void>;
  /** Not only woken: it would wait again before Node ends it, and for ever. */
  readonly #atExit = () => this.#tell({ type: "close" });
  #last = 0;
  #closing = false;
  #ended = false;
  #error: unknown;

  /** @throws UsageError for a time that makes no sense */
  constructor(options: SharedThreadOptions = {}) {
    const { turnMs = TURN_MS, startMs = START_MS, backend = "kernel" } = options;
    for (const [name, ms] of Object.entries({ turnMs, startMs })) {
      if (!(ms >= 1 && ms <= MAX_TIMER / 2)) {
        throw new UsageError(`${name} is ${ms}; milliseconds from 1 were expected`);
      }
    }
    checkBackendName(backend);
    this.backend = backend;
    this.#wake = new StopSignal();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on("message", ({ id, message }: SharedMessage) => this.#modules.get(id)?.tell(message));
    const workerData: SharedThreadData = {
      ...{ backend, turnMs: Math.ceil(turnMs), startMs: Math.ceil(startMs) },
      ...{ port: port2, wakeFd: this.#wake.fd },
    };
    this.#worker = new Worker(new URL("./shared-worker.js", import.meta.url), {
      workerData,
      transferList: [port2],
      execArgv: [],
      env: {},
    });
    // Only its modules keep the process alive.
    this.#worker.unref();
    port1.unref();
    alive.add(this.#atExit);
    this.#worker.on("error", (error) => {
      this.#error = error;
    });
    this.#gone = new Promise((resolve) => {
      this.#worker.once("exit", (code) => {
        this.#end(code);
        resolve();
      });
    });
  }

  /** How many modules are in it. */
  get size(): number {
    return this.#modules.size;
  }

  /** Asks every module to stop, as {@link Running.stop} does, waits until all have ended, and ends the thread. Nothing can be started in it any more. */
  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      this.#worker.ref();
      for (const running of this.#running) running.stop();
      await Promise.all([...this.#running].map(({ finished }) => finished));
      this.#tell({ type: "close" });
    }
    await this.#gone;
  }

  /** @internal @throws UsageError it is closed; HostError it is gone */
  requireOpen(): void {
    if (this.#closing) throw new UsageError("the thread that the module is to share is closed");
    if (this.#ended) throw this.#failure();
  }

  /** @internal Starts a module in it, which is open. */
  place(start: WorkerStart): ModuleThread {
    const id = ++this.#last;
    const module = new SharedModule(() => this.#tell({ type: "kill", id }));
    this.#modules.set(id, module);
    this.#port.ref();
    module.once("exit", () => {
      this.#modules.delete(id);
      if (this.#modules.size === 0) this.#port.unref();
    });
    this.#tell({ type: "start", id, start });
    return module;
  }

  /** @internal Notes who is to be asked to stop. */
  keep(running: Stoppable): void {
    this.#running.add(running);
    void running.finished.then(() => this.#running.delete(running));
  }

  #tell(command: SharedCommand): void {
    if (this.#ended) return;
    this.#port.postMessage(command);
    this.#wake.signal();
  }

  #end(code: number): void {
    this.#ended = true;
    alive.delete(this.#atExit);
    this.#wake.close();
    this.#port.close();
    this.#error ??= new HostError(`the thread ended unexpectedly, with code ${code}`);
    for (const module of this.#modules.values()) module.abandon(this.#failure());
  }

  #failure(): HostError {
    const { code } = this.#error as NodeJS.ErrnoException;
    const text =
      code === "ERR_WORKER_OUT_OF_MEMORY" ? "it ran out of memory" : messageOf(this.#error);
    return new HostError(`the thread that modules share is gone: ${text}`, {
      cause: this.#error,
    });
  }
}

/** A module of a shared thread, seen as if it had the thread to itself. */
class SharedModule extends EventEmitter implements ModuleThread {
  readonly #kill: () => void;
  #gone = false;

  constructor(kill: () => void) {
    super();
    this.#kill = kill;
  }

  /** Takes what its thread says of it. */
  tell(message: SharedMessage["message"]): void {
    if (message.type === CLOSED.type) this.#exit(0);
    else this.emit("message", message);
  }

  terminate(): void {
    if (!this.#gone) this.#kill();
  }

  /** Its thread is gone. */
  abandon(error: HostError): void {
    if (this.#gone) return;
    this.emit("error", error);
    this.#exit(1);
  }

  #exit(code: number): void {
    if (this.#gone) return;
    this.#gone = true;
    this.emit("exit", code);
  }
}
