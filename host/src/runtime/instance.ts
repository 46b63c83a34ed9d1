import { type Backend, type BackendSession, BpfError } from "../backend/backend.js";
import type { Privileges } from "../capabilities/privileges.js";
import { messageOf } from "../errors.js";
import { ImportContext } from "../imports/context.js";
import { wbpfImports } from "../imports/index.js";
import { Reporter } from "../imports/reporter.js";
import { ExitSignal, ImportFault } from "../imports/signals.js";
import { GuestMemory } from "../memory/guest-memory.js";
import type { MetricMessage } from "../metrics/metric.js";
import { requireImports } from "../policy/enforce/imports.js";
import { GuardedSession } from "../policy/enforce/session.js";
import { printable } from "../policy/explain/printable.js";
import { Guard, type GuardOptions } from "../policy/guard/guard.js";
import type { Turn } from "../policy/limits/turn.js";
import type { Output } from "../wasi/context.js";
import type { CheckedGrant } from "../wasi/files/grant.js";
import { DescriptorTable } from "../wasi/files/table.js";
import { wasiImports } from "../wasi/index.js";
import { importsWasmBpf, wasmBpfImports } from "../wasm-bpf/index.js";
import type { Outcome } from "./protocol.js";
import { Parking } from "./shared/parking.js";

/** What one run of a module needs, whichever thread it is in. */
export interface InstanceOptions {
  /** It has passed {@link checkModule}. */
  readonly compiled: WebAssembly.Module;
  /** Of `wasm_bpf_map_operate`: see `usesWidePointers`. */
  readonly widePointers: boolean;
  readonly backend: Backend;
  /** What it may do, and who is told of it. */
  readonly guard: GuardOptions;
  /** What the process gives up, and when; `undefined`: nothing. */
  readonly privileges?: Privileges | undefined;
  readonly stopFd: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What it may reach of the host's files. Default: nothing. */
  readonly files?: readonly CheckedGrant[];
  /** Where its output goes, made once its session is there. */
  readonly output: (session: BackendSession, memory: GuestMemory) => Output;
  /** Told why a call failed whose ABI has no text for that: `wasm_bpf`, and a file that the policy refuses to WASI. */
  readonly onFailure: (sentence: string) => void;
  readonly onDetail?: ((error: BpfError) => void) | undefined;
  /** Told what it declares to measure. */
  readonly onMetric?: (message: MetricMessage) => void;
  /** Told how the module ended, before what it opened is closed, which takes the kernel its time. */
  readonly onEnd?: (outcome: Outcome) => void;
  /** What measures it. */
  readonly meter?:
    | { readonly id: number; readonly turn: Turn; readonly calls: Int32Array }
    | undefined;
}

const STDOUT = 1;
/** What a wait for no buffer fills. */
const NOTHING_READY = new Int32Array(0);

/** Instantiates a module, runs its `_start` to the end in this thread, and closes all that it opened. Never throws. */
export function runInstance(options: InstanceOptions): Outcome {
  const instance = new Instance(options);
  const outcome = instance.begin() ?? { kind: "exit", code: 0 };
  options.onEnd?.(outcome);
  instance.close();
  return outcome;
}

/** One module, from its instantiation to the closing of all that it opened. Nothing here throws. */
export class Instance {
  /** How it waits; only of a module that shares its thread. */
  readonly parking: Parking | undefined;
  readonly #options: InstanceOptions;
  readonly #memory = new GuestMemory();
  #session: BackendSession | undefined;
  #files: DescriptorTable | undefined;
  #start: (() => void) | undefined;

  /** @param shared whether other modules run in this thread: then it is one that can be suspended */
  constructor(options: InstanceOptions, shared = false) {
    this.#options = options;
    this.parking = shared ? new Parking(this.#memory) : undefined;
  }

  /** Its descriptors for poll(2), of the buffers that it waits for. */
  descriptors(): readonly number[] {
    return this.#session?.descriptors?.(this.parking?.parked?.buffers ?? []) ?? [];
  }

  /** Runs it. @returns how it ended; `undefined`: it is suspended */
  begin(): Outcome | undefined {
    return this.#enter(() => {
      this.#start = this.#instantiate();
      this.parking?.begin();
    });
  }

  /** Goes on where it was suspended. @returns as {@link begin} */
  resume(): Outcome | undefined {
    return this.#enter(() => this.parking?.rewind());
  }

  /** Closes all that it opened. */
  close(): void {
    this.#session?.close();
    this.#files?.closeAll();
  }

  #enter(before: () => void): Outcome | undefined {
    try {
      before();
      this.#start?.();
      return this.parking?.unwound() ? undefined : { kind: "exit", code: 0 };
    } catch (error) {
      return outcomeOf(error, this.#memory.size);
    }
  }

  /** @returns its `_start` */
  #instantiate(): () => void {
    const options = this.#options;
    const { meter } = options;
    const memory = this.#memory;
    const files = new DescriptorTable(options.files ?? []);
    this.#files = files;
    const guard = new Guard(options.guard);
    const context = new ImportContext(
      memory,
      guard,
      options.onDetail,
      meter?.turn,
      options.privileges,
    );
    context.waits = this.parking;
    requireImports(options.compiled, guard);
    requireEnvironment(options.env, guard);
    const output = new LateOutput(guard);
    const refused = new Reporter(options.onFailure);
    if (options.onMetric !== undefined) context.onMetric = options.onMetric;
    const instance: WebAssembly.Instance = new WebAssembly.Instance(options.compiled, {
      wbpf: wbpfImports(context),
      wasi_snapshot_preview1: wasiImports({
        memory,
        args: options.args,
        env: options.env,
        output,
        files,
        mayUse: (call, path, access) => {
          try {
            guard.require(call, { kind: "file", path, access });
          } catch (error) {
            refused.report(printable(`${guard.name}: ${messageOf(error)}`));
            throw error;
          }
        },
        sleep: (timeoutMs) => {
          context.privileges.beforeWait();
          const { session, waits } = context;
          return waits
            ? waits.wait([], timeoutMs, () => session.wait([], NOTHING_READY, 0))
            : session.wait([], NOTHING_READY, timeoutMs);
        },
        suspending: () => context.waits?.suspending ?? false,
      }),
      ...(importsWasmBpf(options.compiled) &&
        wasmBpfImports(context, {
          widePointers: options.widePointers,
          onFailure: options.onFailure,
          calls: meter?.calls,
          guest: () => ({
            memory: instance.exports.memory as WebAssembly.Memory,
            exports: instance.exports,
          }),
        })),
    });
    const guest = instance.exports.memory as WebAssembly.Memory;
    const session = new GuardedSession(
      options.backend.createSession({
        memory: guest,
        stopFd: options.stopFd,
        ...(meter !== undefined && { meter: meter.id }),
      }),
      guard,
    );
    this.#session = session;
    memory.attach(guest);
    context.attach(session);
    this.parking?.attach(instance.exports);
    output.target = options.output(session, memory);
    return instance.exports._start as () => void;
  }
}

/** What the user who starts it wants it to see has to be granted as well. @throws BpfError `EPERM` */
function requireEnvironment(env: Readonly<Record<string, string>>, guard: Guard): void {
  for (const name of Object.keys(env)) guard.require("start", { kind: "environment", name });
}

/** The imports are made before the session, and nothing can be written before the session is there. A stream is asked for once, when it is first written to. */
class LateOutput implements Output {
  target: Output | undefined;
  readonly #guard: Guard;
  /** By descriptor: 0, or the negative errno that each write answers. */
  readonly #granted: (number | undefined)[] = [];

  constructor(guard: Guard) {
    this.#guard = guard;
  }

  write(fd: number, pointer: number, length: number): number {
    if (this.target === undefined) throw new ImportFault("output before _start");
    this.#granted[fd] ??= this.#ask(fd);
    return this.#granted[fd] || this.target.write(fd, pointer, length);
  }

  #ask(fd: number): number {
    try {
      this.#guard.require("fd_write", { kind: fd === STDOUT ? "stdout" : "stderr" });
      return 0;
    } catch (error) {
      if (error instanceof BpfError) return -error.errno;
      throw error;
    }
  }
}

function outcomeOf(error: unknown, memory: number): Outcome {
  if (error instanceof ExitSignal) return { kind: "exit", code: error.code };
  if (error instanceof WebAssembly.RuntimeError) {
    return { kind: "trap", message: error.message, stack: error.stack ?? "", memory };
  }
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return { kind: "trap", message: "stack overflow", stack: error.stack ?? "", memory };
  }
  if (error instanceof WebAssembly.Exception) {
    return { kind: "trap", message: "uncaught exception", stack: error.stack ?? "", memory };
  }
  const { code, stack } = error as NodeJS.ErrnoException;
  return { kind: "failed", message: messageOf(error), code, stack };
}
