import type { Backend } from "../backend/backend.js";
import { Coalescer } from "../policy/audit/coalescer.js";
import type { InstanceOptions } from "./instance.js";
import type { MessageSender } from "./output.js";
import type { WorkerStart } from "./protocol.js";

/** What an instance needs that its thread is told by the main thread, or tells it; the same in a thread of its own and in a shared one. */
export function toldOptions(
  start: WorkerStart,
  backend: Backend,
  sender: MessageSender,
): Omit<InstanceOptions, "output"> {
  return {
    compiled: start.compiled,
    widePointers: start.widePointers,
    backend,
    guard: {
      policy: start.policy,
      asks: start.asks,
      digest: start.digest,
      name: start.name,
      audit:
        start.audit &&
        new Coalescer((line) => sender.audit(line), new Int32Array(start.audit)).sink,
    },
    stopFd: start.stopFd,
    args: start.args,
    env: start.env,
    files: start.files,
    onFailure: (sentence) => sender.detail(`wbpf: ${sentence}\n`),
    onMetric: (message) => sender.metric(message),
    onDetail: start.verbose
      ? (error) => sender.detail(`${error.message}\n${error.detail ?? ""}\n`)
      : undefined,
  };
}
