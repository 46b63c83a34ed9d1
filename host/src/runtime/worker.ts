/**
 * The entry of the Worker in which one module runs. It handles no events: the module's `_start` blocks it until the end.
 *
 * @module
 */
import { once } from "node:events";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { BackendSession } from "../backend/backend.js";
import { remember } from "../backend/kernel/elf/passed.js";
import { adoptMeter } from "../backend/meter.js";
import { dropCapabilities } from "../capabilities/drop.js";
import { Privileges } from "../capabilities/privileges.js";
import { messageOf } from "../errors.js";
import { limitsInForce } from "../policy/limits/in-force.js";
import { LimitedOutput } from "../policy/limits/output.js";
import type { Output } from "../wasi/context.js";
import { loadBackend } from "./backends.js";
import { runInstance } from "./instance.js";
import { Loading } from "./loading.js";
import { MessageSender, ThreadOutput } from "./output.js";
import type { Outcome, WorkerStart } from "./protocol.js";
import { toldOptions } from "./told.js";

/** More frames than a reader wants, few enough to send. */
Error.stackTraceLimit = 32;

/** What is started ahead of its module is told later what to run, or that there is none. */
async function told(): Promise<WorkerStart | null> {
  const message = once(parentPort as MessagePort, "message");
  // Fails again, and says why, when it is needed.
  await loadBackend("kernel").catch(() => undefined);
  const [start] = (await message) as [WorkerStart | null];
  return start;
}

/** @returns how it failed, where that was not told when the module ended */
async function run(start: WorkerStart, sender: MessageSender): Promise<Outcome | undefined> {
  try {
    const backend = await loadBackend(start.backend);
    remember(start.passedObjects);
    if (!new Loading(start.loading).loaded()) return undefined;
    const { outputBytesPerSecond } = limitsInForce(start.policy);
    const turn = start.meter === 0 ? undefined : adoptMeter(start.meter);
    sender.turn = turn;
    const limited = (session: BackendSession, output: Output): Output =>
      outputBytesPerSecond === undefined
        ? output
        : new LimitedOutput(output, outputBytesPerSecond.value, {
            sleep: (ms) => session.wait([], new Int32Array(0), ms),
            heldBack: () => sender.heldBack(),
            turn,
          });
    const privileges = takePrivileges(start);
    runInstance({
      ...toldOptions(start, backend, sender),
      privileges,
      output: (session, memory) =>
        limited(session, new ThreadOutput(session, memory, start.inherit, sender)),
      meter: turn && { id: start.meter, turn, calls: new Int32Array(start.calls) },
      onEnd: (outcome) => sender.end(outcome),
    });
    return undefined;
  } catch (error) {
    const { code, stack } = error as NodeJS.ErrnoException;
    return { kind: "failed", message: messageOf(error), code, stack };
  }
}

/** Everything of the host is loaded by now: what it needs of the file system, it has. */
function takePrivileges(start: WorkerStart): Privileges | undefined {
  const { capabilities, compiled } = start;
  if (capabilities === undefined) return undefined;
  dropCapabilities(capabilities.start);
  const bySelf = WebAssembly.Module.imports(compiled).some(
    ({ name }) => name === "privileges_drop",
  );
  return new Privileges(capabilities, bySelf, dropCapabilities);
}

const start = (workerData as WorkerStart | null) ?? (await told());
if (start !== null) {
  const sender = new MessageSender(parentPort as MessagePort, start.pending);
  const failure = await run(start, sender);
  if (failure !== undefined) sender.end(failure);
}
