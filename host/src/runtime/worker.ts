/**
 * The entry of the Worker in which one module runs. It handles no events: the module's `_start` blocks it until the end.
 *
 * @module
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../errors.js";
import { loadBackend } from "./backends.js";
import { runInstance } from "./instance.js";
import { MessageSender, ThreadOutput } from "./output.js";
import type { Outcome, WorkerStart } from "./protocol.js";

/** More frames than a reader wants, few enough to send. */
Error.stackTraceLimit = 32;

const start = workerData as WorkerStart;
const sender = new MessageSender(parentPort as MessagePort, start.pending);

async function run(): Promise<Outcome> {
  try {
    const backend = await loadBackend(start.backend);
    return runInstance({
      compiled: start.compiled,
      widePointers: start.widePointers,
      backend,
      guard: {
        policy: start.policy,
        asks: start.asks,
        digest: start.digest,
        name: start.name,
        audit: undefined,
      },
      stopFd: start.stopFd,
      args: start.args,
      env: start.env,
      output: (session, memory) => new ThreadOutput(session, memory, start.inherit, sender),
      onFailure: (sentence) => sender.detail(`wbpf: ${sentence}\n`),
      onDetail: start.verbose
        ? (error) => sender.detail(`${error.message}\n${error.detail ?? ""}\n`)
        : undefined,
    });
  } catch (error) {
    const { code, stack } = error as NodeJS.ErrnoException;
    return { kind: "failed", message: messageOf(error), code, stack };
  }
}

sender.end(await run());
