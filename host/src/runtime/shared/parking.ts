import type { BackendBuffer } from "../../backend/backend.js";
import type { Waits } from "../../imports/context.js";
import { ImportFault } from "../../imports/signals.js";
import type { GuestMemory } from "../../memory/guest-memory.js";

/** What Binaryen's Asyncify adds to a module. Each takes nothing, or the address of its structure: two u32, where its stack is and where that ends. */
interface Asyncify {
  asyncify_start_unwind(structure: number): void;
  asyncify_stop_unwind(): void;
  asyncify_start_rewind(structure: number): void;
  asyncify_stop_rewind(): void;
}

/** What `wbpf build --shared` exports beside it: the address of {@link AREA} bytes for that structure and the stack behind it. */
const AREA_EXPORT = "wbpf_park";
const AREA = 4096;
const HEAD = 8;
const FUNCTIONS = [
  "asyncify_start_unwind",
  "asyncify_stop_unwind",
  "asyncify_start_rewind",
  "asyncify_stop_rewind",
] as const;

/** How long a module that always finds something goes on before others have their turn, in milliseconds. */
const SHARE_MS = 2;
/** Pauses of a module that is told of something and finds nothing, such as a record that is still being written. */
const FIRST_PAUSE_MS = 0.05;
const LONGEST_PAUSE_MS = 1;

/** Whether a module can be suspended while it waits. */
export function canPark(module: WebAssembly.Module): boolean {
  const kinds = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  return (
    kinds.get(AREA_EXPORT) === "global" && FUNCTIONS.every((name) => kinds.get(name) === "function")
  );
}

/** What a suspended module waits for. */
interface Parked {
  readonly buffers: readonly BackendBuffer[];
  /** Does without waiting what it asked for: 0 is nothing yet. */
  readonly attempt: () => number;
  /** When it has waited long enough, by `performance.now()`. */
  readonly until: number;
  /** Before that it is not to be looked at, unless it is to stop. */
  readonly from: number;
  /** It has had its share of the thread, and has not looked for anything yet. */
  readonly yielded: boolean;
}

/**
 * Suspends one module where it waits, so that others of its thread run meanwhile: its stack is unwound out of the import into its own memory, and rewound when there
 * is something. The module has a part in that, and is not trusted with it: whatever it does, it only confuses itself.
 */
export class Parking implements Waits {
  readonly #memory: GuestMemory;
  #asyncify: Asyncify | undefined;
  #area = 0;
  #state: "running" | "unwinding" | "parked" | "rewinding" = "running";
  #parked: Parked | undefined;
  #turnEnd = 0;
  #pause = 0;

  constructor(memory: GuestMemory) {
    this.#memory = memory;
  }

  /** @param exports of a module that {@link canPark} */
  attach(exports: WebAssembly.Exports): void {
    this.#asyncify = exports as unknown as Asyncify;
    this.#area = Number((exports[AREA_EXPORT] as { value?: unknown }).value) >>> 0;
  }

  /** What it waits for; `undefined` if it is not suspended. */
  get parked(): Parked | undefined {
    return this.#state === "parked" ? this.#parked : undefined;
  }

  get suspending(): boolean {
    return this.#state === "unwinding";
  }

  /** Its turn begins. */
  begin(): void {
    this.#turnEnd = performance.now() + SHARE_MS;
  }

  /** Its turn begins where it was suspended: `_start` is to be called again. */
  rewind(): void {
    this.begin();
    this.#state = "rewinding";
    this.#asyncify?.asyncify_start_rewind(this.#area);
  }

  /** To be called when `_start` has returned. @returns whether it was suspended; otherwise it has ended */
  unwound(): boolean {
    if (this.#state !== "unwinding") return false;
    this.#asyncify?.asyncify_stop_unwind();
    this.#state = "parked";
    return true;
  }

  wait(buffers: readonly BackendBuffer[], timeoutMs: number, attempt: () => number): number {
    if (this.#state === "unwinding") {
      throw new ImportFault(
        "the module went on although it was suspended; was it changed after `wbpf build --shared`?",
      );
    }
    const now = performance.now();
    if (this.#state === "rewinding" && this.#parked !== undefined) {
      const parked = this.#parked;
      // Before the module's own code runs, which may call the host from there.
      this.#state = "running";
      this.#asyncify?.asyncify_stop_rewind();
      const result = parked.attempt();
      if (result !== 0 || now >= parked.until) {
        this.#pause = 0;
        return result;
      }
      this.#pause = parked.yielded
        ? 0
        : Math.min(LONGEST_PAUSE_MS, this.#pause * 2 || FIRST_PAUSE_MS);
      return this.#park({ ...parked, from: now + this.#pause, yielded: false });
    }
    const wanted = {
      buffers: [...buffers],
      attempt,
      until: timeoutMs < 0 ? Number.POSITIVE_INFINITY : now + timeoutMs,
      from: now,
    };
    // Also if it would not wait: a loop of such calls has to give way, too.
    if (now >= this.#turnEnd) return this.#park({ ...wanted, yielded: true });
    const result = attempt();
    if (result !== 0 || timeoutMs === 0) return result;
    return this.#park({ ...wanted, yielded: false });
  }

  #park(parked: Parked): number {
    this.#memory.setU32(this.#area, this.#area + HEAD, "the place for its stack");
    this.#memory.setU32(this.#area + 4, this.#area + AREA, "the place for its stack");
    this.#parked = parked;
    this.#state = "unwinding";
    this.#asyncify?.asyncify_start_unwind(this.#area);
    return 0;
  }
}
