import type { BackendBuffer, BackendSession } from "../backend/backend.js";
import { BpfError } from "../backend/backend.js";
import { type Privileges, untouchedPrivileges } from "../capabilities/privileges.js";
import { type HandleKind, HandleTable, type HandleTypes } from "../handles/table.js";
import type { GuestMemory } from "../memory/guest-memory.js";
import type { MetricMessage } from "../metrics/metric.js";
import type { Guard } from "../policy/guard/guard.js";
import { limitsInForce } from "../policy/limits/in-force.js";
import type { Turn } from "../policy/limits/turn.js";
import { errno } from "./errno.js";
import { calledTooEarly, endsModule } from "./signals.js";

/** Imports in which the kernel verifies programs, or waits until nobody runs one any more. */
const SLOW: ReadonlySet<string> = new Set([
  "object_open",
  "object_load",
  "object_close",
  "program_attach",
  "program_attach_to",
  "map_attach_struct_ops",
  "link_destroy",
  "link_detach",
  "wasm_load_bpf_object",
  "wasm_close_bpf_object",
  "wasm_attach_bpf_program",
]);

/** How a module waits where it shares its thread with others. */
export interface Waits {
  /**
   * @param attempt does without waiting what the module asked for; 0 is nothing yet
   * @returns what `attempt` returned last. While it is 0 the time is over, or the module is suspended and its own frames return at once
   */
  wait(buffers: readonly BackendBuffer[], timeoutMs: number, attempt: () => number): number;
  /** Whether its frames are returning. */
  readonly suspending: boolean;
}

/** What the imports of one module instance share. */
export class ImportContext {
  readonly memory: GuestMemory;
  /** Asked before anything that a policy can forbid. */
  readonly guard: Guard;
  readonly handles: HandleTable;
  /** Told when the module attaches, and before it waits. */
  readonly privileges: Privileges;
  /** The text that `last_error` gives. */
  lastError = "";
  /** Told what the module declares to measure. */
  onMetric: (message: MetricMessage) => void = () => {};
  /** `undefined`: it has its thread to itself, and a wait blocks that. */
  waits: Waits | undefined;
  /** Gets the whole of what is known about a failure, when that is more than `last_error` tells. */
  readonly #onDetail: ((error: BpfError) => void) | undefined;
  readonly #turn: Turn | undefined;
  #session: BackendSession | undefined;

  /** @param turn suspended while the kernel is busy for the module; none: nobody measures its turns */
  constructor(
    memory: GuestMemory,
    guard: Guard,
    onDetail?: (error: BpfError) => void,
    turn?: Turn,
    privileges = untouchedPrivileges(),
  ) {
    this.memory = memory;
    this.privileges = privileges;
    this.guard = guard;
    this.#onDetail = onDetail;
    this.#turn = turn;
    const most = limitsInForce(guard.policy).handles;
    this.handles = new HandleTable(most?.value, (message) => {
      if (most === undefined) return;
      guard.reached("handle", { limit: "handles", message, rule: most.origin });
    });
  }

  /** The session needs the module's memory, which exists only once the module is instantiated. */
  attach(session: BackendSession): void {
    this.#session = session;
  }

  get session(): BackendSession {
    if (this.#session === undefined) throw calledTooEarly();
    return this.#session;
  }

  /** Sets the text of `last_error`. @returns the negative errno */
  fail(number: number, text: string): number {
    this.lastError = text;
    return -number;
  }

  /** `-EBADF` and why. */
  badHandle(handle: number, expected: HandleKind): number {
    return this.fail(errno.EBADF, this.handles.explain(handle, expected));
  }

  /**
   * Turns what was thrown inside an import into its result.
   * @throws whatever has to end the module
   */
  recover(name: string, error: unknown): number {
    if (error instanceof BpfError) {
      if (error.detail !== undefined) this.#onDetail?.(error);
      return this.fail(error.errno, error.message);
    }
    throw endsModule(name, error);
  }

  /** An import that is called a few times in a module's life: it may throw a {@link BpfError}. */
  cold(name: string, inner: (a: number, b: number, c: number, d: number, e: number) => number) {
    const body = this.suspending(name, inner);
    return (a: number, b: number, c: number, d: number, e: number): number => {
      try {
        return body(a, b, c, d, e);
      } catch (error) {
        return this.recover(name, error);
      }
    };
  }

  /** The same function, which suspends the module's turn if it is one that can keep the kernel busy for long. */
  suspending<A extends number[]>(name: string, body: (...args: A) => number) {
    const turn = this.#turn;
    if (turn === undefined || !SLOW.has(name)) return body;
    return (...args: A): number => {
      turn.pause();
      try {
        return body(...args);
      } finally {
        turn.resume();
      }
    };
  }

  /**
   * Gives something that the backend made a handle; closes it again if there is none left.
   * @param last of a link: whether the module is taken to attach nothing more once it waits
   */
  adopt<K extends HandleKind>(
    kind: K,
    value: HandleTypes[K],
    owner: number,
    close: () => void,
    last = true,
  ): number {
    // The link of statistics, which attaches nothing, has no owner.
    if (kind === "link" && owner !== 0 && last) this.privileges.attached();
    try {
      return this.handles.add(kind, value, owner);
    } catch (error) {
      close();
      throw error;
    }
  }
}
