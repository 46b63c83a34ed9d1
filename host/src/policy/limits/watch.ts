import type { ResourceLimits } from "node:worker_threads";
import { Meter } from "../../backend/meter.js";
import { ModuleError, TrapError } from "../../errors.js";
import type { AuditSink } from "../audit/record.js";
import type { Limits, Policy } from "../model/policy.js";
import { limitsInForce } from "./in-force.js";
import { bytesText, type LimitReached } from "./limit.js";
import { limitMemory } from "./memory.js";
import { limitRecord } from "./record.js";
import { checkStack, stackResources } from "./stack.js";
import { Watchdog, watches } from "./watchdog.js";

/** What a module has used. */
export interface Usage {
  /** CPU time of its thread, in milliseconds. */
  readonly cpuMs: number;
  /** Records that its polls delivered. */
  readonly events: number;
  /** How often there were records that had to wait for `limits.eventsPerSecond`. */
  readonly eventsHeldBack: number;
}

/** The parts of a module that are needed here. */
export interface Watched {
  readonly name: string;
  readonly digest: string;
  readonly compiled: WebAssembly.Module;
}

/** What is done when limits are reached. */
interface Consequences {
  readonly ended: (reached: LimitReached) => void;
  readonly said: (sentence: string) => void;
}

/** A module with a bound of its memory, as the engine takes it. */
export interface LimitedCode {
  readonly compiled: WebAssembly.Module;
  /** See {@link LimitedModule.shift}. */
  readonly shift: number;
}

/** The function of the `wasm_bpf` ABI, and of its wrapper, that calls the module back. */
const CALLS_BACK = "wasm_bpf_buffer_poll";
/** How often it is looked whether records are held back, in milliseconds. */
const LOOK_MS = 200;
/** JavaScript's heap of a module's Worker, in MiB, where its memory is limited: the host's own code takes less than 10. */
const HEAP_MB = 64;

/** Modules that were compiled with a bound: a program that starts one many times compiles it once. */
const known = new WeakMap<WebAssembly.Module, Map<number, LimitedCode | undefined>>();

/** All that holds one run of a module to the limits of its policy, seen from the main thread. */
export class Watch {
  readonly #module: Watched;
  readonly #audit: AuditSink | undefined;
  /** In force. */
  readonly #limits: Limits;
  /** Watched over, in force or not. */
  readonly #observed: Limits;
  readonly #enforced: boolean;
  readonly #meter: Meter | undefined;
  readonly #calls = new SharedArrayBuffer(4);
  #dog: Watchdog | undefined;
  #look: NodeJS.Timeout | undefined;
  #consequences: Consequences | undefined;

  /** @throws {@link UsageError} for a limit that cannot be kept */
  constructor(module: Watched, policy: Policy, audit: AuditSink | undefined) {
    this.#module = module;
    this.#audit = audit;
    this.#limits = limitsInForce(policy);
    this.#observed = policy.limits;
    this.#enforced = policy.mode === "enforce";
    checkStack(this.#limits.stack);
    const { cpuMs, callbackMs } = this.#observed;
    const events = this.#limits.eventsPerSecond?.value ?? 0;
    if (cpuMs !== undefined || callbackMs !== undefined || events > 0) {
      this.#meter = new Meter({ eventsPerSecond: events, timed: callbackMs !== undefined });
    }
  }

  /** For the Worker: the meter's number, 0 if there is none, and where callbacks are counted. */
  get meter(): number {
    return this.#meter?.id ?? 0;
  }

  get calls(): SharedArrayBuffer {
    return this.#calls;
  }

  get usage(): Usage | undefined {
    if (this.#meter === undefined) return undefined;
    const { cpuMs, records, throttled } = this.#meter;
    return { cpuMs, events: records, eventsHeldBack: throttled };
  }

  /** What the Worker may take. */
  get resources(): ResourceLimits {
    const { stack, memory } = this.#limits;
    return {
      ...(stack !== undefined && stackResources(stack.value)),
      ...(memory !== undefined && { maxOldGenerationSizeMb: HEAP_MB }),
    };
  }

  /**
   * The module as it is to run.
   * @returns `undefined`: as it was compiled
   * @throws {@link ModuleError} `MODULE_LIMIT` when it is too large from the start
   */
  limitMemory(module: {
    readonly bytes: Uint8Array;
    readonly compiled: WebAssembly.Module;
  }): LimitedCode | undefined {
    const { memory } = this.#limits;
    if (memory === undefined) return undefined;
    const byLimit = known.get(module.compiled) ?? new Map<number, LimitedCode | undefined>();
    known.set(module.compiled, byLimit);
    if (byLimit.has(memory.value)) return byLimit.get(memory.value);
    try {
      const limited = limitMemory(module.bytes, memory.value);
      const code = limited && {
        compiled: new WebAssembly.Module(limited.bytes),
        shift: limited.shift,
      };
      byLimit.set(memory.value, code);
      return code;
    } catch (error) {
      this.end();
      if (!(error instanceof ModuleError)) throw error;
      this.#record("start", { limit: "memory", message: error.message, rule: memory.origin });
      const text = `cannot run ${this.#module.name}: ${error.message} (${memory.origin})`;
      throw new ModuleError(error.code, text, { cause: error });
    }
  }

  start(consequences: Consequences): void {
    this.#consequences = consequences;
    if (watches(this.#observed)) {
      const meter = this.#meter;
      const calls = new Int32Array(this.#calls);
      const callsBack = WebAssembly.Module.imports(this.#module.compiled).some(
        ({ name }) => name === CALLS_BACK,
      );
      const gauge = {
        get cpuMs() {
          return meter?.cpuMs ?? 0;
        },
        get turnMs() {
          return meter?.turnMs;
        },
        get callbacks() {
          return callsBack ? (calls[0] ?? 0) : undefined;
        },
      };
      this.#dog = new Watchdog(this.#observed, gauge, (reached) => this.#reached(reached));
    }
    if (this.#limits.eventsPerSecond !== undefined) {
      this.#look = setInterval(() => this.#lookAtEvents(), LOOK_MS);
      this.#look.unref();
    }
  }

  /** The Worker's writes wait for the first time. */
  outputHeldBack(): void {
    const limit = this.#limits.outputBytesPerSecond;
    if (limit === undefined) return;
    this.#heldBack({
      limit: "outputBytesPerSecond",
      message: `its output is held back to ${limit.value} bytes a second (limits.outputBytesPerSecond)`,
      rule: limit.origin,
    });
  }

  /** To be called when the Worker is gone, or was never made. */
  end(): void {
    this.#dog?.stop();
    this.#lookAtEvents();
    clearInterval(this.#look);
    this.#meter?.close();
  }

  /** Names the limit that a trap comes from. */
  explainTrap(error: TrapError, memory: number): TrapError {
    const { stack, memory: most } = this.#limits;
    if (error.kind === "stack-overflow" && stack !== undefined) {
      const text = `limits.stack allows ${bytesText(stack.value)}`;
      this.#record("trap", { limit: "stack", message: text, rule: stack.origin });
      return new TrapError(error.kind, `${error.message}; ${text}`, error.frames);
    }
    // A module whose allocator gets no more memory gives up; nothing else tells why.
    if (error.kind === "unreachable" && most !== undefined && memory * 2 > most.value) {
      const text = `its memory has ${bytesText(memory)} of the ${bytesText(most.value)} that limits.memory allows`;
      this.#record("trap", { limit: "memory", message: text, rule: most.origin });
      return new TrapError(error.kind, `${error.message}; ${text}`, error.frames);
    }
    return error;
  }

  #reached(reached: LimitReached): void {
    this.#record("run", reached);
    if (this.#enforced) this.#consequences?.ended(reached);
  }

  #heldBack(reached: LimitReached): void {
    this.#record("run", reached);
    this.#consequences?.said(reached.message);
  }

  #lookAtEvents(): void {
    const limit = this.#limits.eventsPerSecond;
    if (limit === undefined || this.#look === undefined || this.#meter?.throttled === 0) return;
    clearInterval(this.#look);
    this.#look = undefined;
    this.#heldBack({
      limit: "eventsPerSecond",
      message: `its polls are held back to ${limit.value} records a second (limits.eventsPerSecond); the kernel drops what finds no room in its buffers meanwhile`,
      rule: limit.origin,
    });
  }

  #record(call: string, reached: LimitReached): void {
    this.#audit?.(limitRecord(this.#module, call, reached, this.#enforced));
  }
}
