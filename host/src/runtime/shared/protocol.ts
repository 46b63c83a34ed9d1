import type { MessagePort } from "node:worker_threads";
import type { WorkerStart } from "../protocol.js";

/** What a shared thread is made with. */
export interface SharedThreadData {
  readonly backend: string;
  /** Where its commands come from: its own loop never turns. */
  readonly commands: MessagePort;
  /** File descriptor of an eventfd that wakes it for a command. It belongs to the main thread. */
  readonly wakeFd: number;
  readonly turnMs: number;
  readonly startMs: number;
}

/** What the main thread tells a shared thread. */
export type SharedCommand =
  | {
      readonly type: "start";
      readonly id: number;
      readonly start: WorkerStart;
      /** Gets what is told of this module: a `WorkerMessage` each, and {@link CLOSED} at the end. */
      readonly port: MessagePort;
    }
  /** Ends a module where it stands. */
  | { readonly type: "kill"; readonly id: number }
  /** Ends the thread when no module is left. */
  | { readonly type: "close" };

/** The last message of a module: all that it opened is closed. */
export const CLOSED = { type: "closed" } as const;
