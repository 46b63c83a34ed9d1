import type { StopSignal } from "../backend/stop.js";
import { HostError, messageOf } from "../errors.js";
import type { Metric } from "../metrics/metric.js";
import { MetricView } from "../metrics/snapshot.js";
import type { AuditCollector } from "../policy/audit/collector.js";
import type { LimitReached } from "../policy/limits/limit.js";
import type { Usage, Watch } from "../policy/limits/watch.js";
import { Loading } from "./loading.js";
import type { OutputTarget } from "./options.js";
import type { Outcome, WorkerMessage, WorkerStart } from "./protocol.js";
import { alive } from "./registry.js";
import type { KillReason, Result } from "./result.js";
import type { SharedThread } from "./shared/shared-thread.js";
import { type ModuleThread, moduleThread } from "./thread.js";

/** Of a Worker that is killed while it loads: then it is taken to hang, which the backend of an embedding program may do. */
const LOADING_LIMIT_MS = 60_000;

/** What a {@link Running} needs from the module it runs. */
export interface RunningOptions {
  readonly start: WorkerStart;
  readonly stop: StopSignal;
  readonly stdout: OutputTarget;
  readonly stderr: OutputTarget;
  readonly graceMs: number;
  readonly signal: AbortSignal | undefined;
  /** Where it runs; `undefined`: in a thread of its own. */
  readonly thread: SharedThread | undefined;
  readonly audit: AuditCollector | undefined;
  readonly watch: Watch;
  /** Makes the error of a trap; it may read the source map. */
  readonly trapError: (outcome: Outcome & { kind: "trap" }) => Promise<Result>;
}

/** A module that was started. */
export class Running {
  /** How it ended, once its Worker is gone and all that it attached is detached. Never rejects. */
  readonly finished: Promise<Result>;
  readonly #options: RunningOptions;
  readonly #worker: ModuleThread;
  readonly #pending: Int32Array;
  readonly #watch: Watch;
  readonly #metrics = new MetricView();
  #outcome: Outcome | undefined;
  #failure: HostError | undefined;
  #killed: KillReason | LimitReached | undefined;
  #stopReason: KillReason = "grace-over";
  #stopping = false;
  #ended = false;
  #grace: NodeJS.Timeout | undefined;
  readonly #loading: Loading;
  #loadingLimit: NodeJS.Timeout | undefined;

  /** @internal Made by `Module.start`. */
  constructor(options: RunningOptions) {
    this.#options = options;
    this.#pending = new Int32Array(options.start.pending);
    this.#loading = new Loading(options.start.loading);
    this.#watch = options.watch;
    this.#worker =
      options.thread?.place(options.start) ?? moduleThread(options.start, options.watch.resources);
    this.#watch.start({
      ended: (reached) => this.#kill(reached),
      said: (sentence) => this.#say(sentence),
    });
    this.finished = this.#run();
    options.thread?.keep(this);
    if (options.signal?.aborted) this.stop();
    else options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * Asks the module to stop: its waits return `-ECANCELED`, now and from now on. If it has not returned after the grace period, it is killed. Calling it again
   * changes nothing.
   */
  stop(): void {
    this.#stop("grace-over");
  }

  /** Ends the module where it stands. */
  kill(): void {
    this.#kill("kill");
  }

  #stop(reason: KillReason): void {
    if (this.#stopping || this.#ended) return;
    this.#stopping = true;
    this.#stopReason = reason;
    this.#options.stop.signal();
    const { graceMs } = this.#options;
    if (graceMs === Infinity) return;
    this.#grace = setTimeout(() => this.#kill(this.#stopReason), graceMs);
  }

  /** Its metrics as they are now, also after its end. */
  metrics(): Metric[] {
    return this.#metrics.read();
  }

  /** What it has used so far; `undefined` where its policy sets no limit for which that is measured. */
  get usage(): Usage | undefined {
    return this.#watch.usage;
  }

  #kill(reason: KillReason | LimitReached): void {
    // A module that has ended is only being closed: its time is over, and its result stands.
    if (this.#killed !== undefined || this.#outcome !== undefined || this.#ended) return;
    this.#killed = reason;
    // terminate() waits for the Worker, which may sleep in the kernel: wake it first. A shared thread is woken by being told.
    if (this.#options.thread === undefined) this.#options.stop.signal();
    if (this.#loading.unwanted()) void this.#worker.terminate();
    else this.#loadingLimit = setTimeout(() => void this.#worker.terminate(), LOADING_LIMIT_MS);
  }

  readonly #onAbort = (): void => this.stop();

  async #run(): Promise<Result> {
    const { stop, signal } = this.#options;
    const wake = () => stop.signal();
    alive.add(wake);
    const code = await new Promise<number>((resolve) => {
      this.#worker.on("message", (message: WorkerMessage) => this.#receive(message));
      this.#worker.on("messageerror", (error) => this.#fail(error));
      this.#worker.on("error", (error) => this.#fail(error));
      this.#worker.on("exit", resolve);
    });
    this.#ended = true;
    this.#watch.end();
    this.#options.audit?.end();
    clearTimeout(this.#grace);
    clearTimeout(this.#loadingLimit);
    signal?.removeEventListener("abort", this.#onAbort);
    alive.delete(wake);
    // Only now: until its end the Worker may wait for this descriptor, and its number must not mean anything else.
    stop.close();
    return this.#result(code);
  }

  #receive(message: WorkerMessage): void {
    switch (message.type) {
      case "output":
        this.#deliver(
          message.fd === 1 ? this.#options.stdout : this.#options.stderr,
          message.bytes,
        );
        this.#acknowledge(message.bytes.length);
        break;
      case "detail":
        this.#tell(message.text);
        this.#acknowledge(1);
        break;
      case "broken-pipe":
        this.#stop("broken-pipe");
        break;
      case "held-back":
        this.#watch.outputHeldBack();
        break;
      case "audit":
        this.#options.audit?.receive(message.line);
        break;
      case "metric":
        this.#metrics.receive(message.message);
        break;
      case "end":
        this.#outcome = message.outcome;
        clearTimeout(this.#grace);
        if (message.outcome.kind === "busy" && this.#killed === undefined) {
          this.#say(
            `it went on for ${message.outcome.limitMs} ms without waiting, and others share its thread`,
          );
        }
        break;
    }
  }

  #tell(text: string): void {
    this.#deliver(this.#options.stderr, new TextEncoder().encode(text));
  }

  #say(sentence: string): void {
    this.#tell(`wbpf: ${this.#options.start.name}: ${sentence}\n`);
  }

  /** A function of the embedding program that throws ends the module, and the program learns of it from the result. */
  #deliver(target: OutputTarget, bytes: Uint8Array): void {
    try {
      if (target === "inherit") process.stderr.write(bytes);
      else target(bytes);
    } catch (cause) {
      const text = `the function that takes the module's output threw: ${messageOf(cause)}`;
      this.#failure ??= new HostError(text, { cause });
      this.#kill("kill");
    }
  }

  #acknowledge(count: number): void {
    Atomics.sub(this.#pending, 0, count);
    Atomics.notify(this.#pending, 0);
  }

  #fail(error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    const text =
      code === "ERR_WORKER_OUT_OF_MEMORY"
        ? "the module's thread ran out of memory"
        : messageOf(error);
    this.#failure ??= new HostError(text, { cause: error });
  }

  async #result(code: number): Promise<Result> {
    if (this.#failure !== undefined) return { kind: "failed", error: this.#failure };
    const outcome = this.#outcome;
    // What wakes a thread that is to be ended lets its module go on for a moment, in which it may end by itself: a limit was reached all the same.
    if (typeof this.#killed === "object" && outcome?.kind !== "failed") {
      return { kind: "killed", reason: "limit", limit: this.#killed };
    }
    switch (outcome?.kind) {
      case "exit":
        return { kind: "exit", exitCode: outcome.code };
      case "trap":
        return this.#options.trapError(outcome);
      case "busy":
        // Whoever ended it has waited for just that.
        return { kind: "killed", reason: typeof this.#killed === "string" ? this.#killed : "busy" };
      case "failed": {
        const cause = Object.assign(new Error(outcome.message), { stack: outcome.stack });
        return {
          kind: "failed",
          error: new HostError(outcome.message, {
            ...(outcome.code !== undefined && { code: outcome.code }),
            cause,
          }),
        };
      }
      default:
        break;
    }
    if (this.#killed !== undefined && typeof this.#killed !== "object") {
      return { kind: "killed", reason: this.#killed };
    }
    const error = new HostError(`the module's thread ended unexpectedly, with code ${code}`);
    return { kind: "failed", error };
  }
}
