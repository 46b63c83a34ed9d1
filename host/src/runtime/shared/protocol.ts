import type { MessagePort } from "node:worker_threads";
import type { WorkerMessage, WorkerStart } from "../protocol.js";

/** What a shared thread is made with. */
export interface SharedThreadData {
  readonly backend: string;
  /**
   * Where its commands come from and what its modules say goes to. One for all, because a port is closed only when the thread's own loop turns, which it never does.
   */
  readonly port: MessagePort;
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
    }
  /** Ends a module where it stands. */
  | { readonly type: "kill"; readonly id: number }
  /** Ends the thread when no module is left. */
  | { readonly type: "close" };

/** The last message of a module: all that it opened is closed. */
export const CLOSED = { type: "closed" } as const;

/** What a shared thread tells of one of its modules. */
export interface SharedMessage {
  readonly id: number;
  readonly message: WorkerMessage | typeof CLOSED;
}
