import { type ResourceLimits, Worker } from "node:worker_threads";
import type { WorkerMessage, WorkerStart } from "./protocol.js";

/** Where a module runs, as far as {@link Running} has to do with it: a Worker, or a place in a {@link SharedThread}. */
export interface ModuleThread {
  /** `message`: a `WorkerMessage`. `exit`: it is gone, and all that it opened is closed. */
  on(event: "message", listener: (message: WorkerMessage) => void): unknown;
  on(event: "messageerror" | "error", listener: (error: Error) => void): unknown;
  on(event: "exit", listener: (code: number) => void): unknown;
  /** Ends the module where it stands. */
  terminate(): unknown;
}

/** One that was started ahead and has not been told yet what to run. */
let spare: Worker | undefined;

/**
 * Starts the thread of a module of which it is only known that there will be one: it loads what every module needs while this thread reads and checks the
 * module. If none comes after all, it does not keep the process alive.
 */
export function prepareThread(): void {
  if (spare !== undefined) return;
  spare = create(undefined, {});
  spare.unref();
}

/** The thread in which a module runs: the one that was prepared, or a new one where that has other limits. */
export function moduleThread(start: WorkerStart, limits: ResourceLimits): Worker {
  const prepared = spare;
  spare = undefined;
  if (prepared === undefined || Object.keys(limits).length > 0) {
    // It ends by itself when it has loaded: see Loading.
    prepared?.postMessage(null);
    return create(start, limits);
  }
  prepared.ref();
  prepared.postMessage(start);
  return prepared;
}

function create(workerData: WorkerStart | undefined, limits: ResourceLimits): Worker {
  return new Worker(new URL("./worker.js", import.meta.url), {
    workerData,
    // Options of this process, such as a loader, are not for the module's thread.
    execArgv: [],
    env: {},
    resourceLimits: limits,
  });
}
