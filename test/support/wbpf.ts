import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { withoutWarning, withPolicy } from "../../host/src/testing/built.js";

/** The repository's root. */
export const root = fileURLToPath(new URL("../..", import.meta.url));
/** The built command, as a user's `wbpf` runs it. */
export const cli = fileURLToPath(new URL("../../host/dist/bundle/wbpf.js", import.meta.url));

/** Guests of test/kernels emulate their processor, and share the real one: a module may take a minute to start there. */
const SLOWER = process.env.WBPF_TEST_BUILT ? 5 : 1;

/** How a process ended and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process under test. It is killed if it outlives the time that it was given. */
export class Process {
  stdout = "";
  stderr = "";
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;

  constructor(
    command: string,
    args: readonly string[],
    options: SpawnOptions & { limitMs?: number } = {},
    /** What is heard of what it says on stderr. */
    heard: (stderr: string) => string = (stderr) => stderr,
  ) {
    this.child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr = heard(this.stderr + text);
    });
    const limitMs = (options.limitMs ?? 60_000) * SLOWER;
    const limit = setTimeout(() => this.child.kill("SIGKILL"), limitMs);
    this.ended = once(this.child, "close").then(([code, signal]) => {
      clearTimeout(limit);
      return { code, signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** Resolves with the match as soon as stdout or stderr has one; rejects when the process ends without. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    let over: Ended | undefined;
    void this.ended.then((ended) => {
      over = ended;
    });
    for (;;) {
      const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (match) return match;
      if (over) throw new Error(`ended without printing ${pattern}: ${JSON.stringify(over)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Has the module ended where it stands: asked to stop, and asked again, by another signal, for of two that are the same the kernel may deliver one. */
  async end(): Promise<Ended> {
    this.child.kill("SIGINT");
    return this.stop("SIGTERM");
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Starts `wbpf` with these arguments; `through` is a command that runs it, such as nsenter(1). `bare`: a run without a policy stays one. */
export function start(
  args: readonly string[],
  {
    through = [],
    bare = false,
    ...options
  }: SpawnOptions & { limitMs?: number; through?: readonly string[]; bare?: boolean } = {},
): Process {
  const called = bare ? args : withPolicy(args);
  const [command = "", ...rest] = [...through, process.execPath, cli, ...called];
  return new Process(command, rest, options, called === args ? undefined : withoutWarning);
}

/** Runs `wbpf` with these arguments to its end. */
export function wbpf(
  args: readonly string[],
  options: SpawnOptions & { limitMs?: number } = {},
): Promise<Ended> {
  return start(args, options).ended;
}

/** A build takes seconds; a busy machine takes its time. */
const BUILD_LIMIT_MS = 170_000;

/**
 * Builds a tool's folder with the built command and fails with what it printed if that does not work. In a guest (test/kernels) everything was built before it
 * booted: a compiler takes minutes there.
 */
export async function build(folder: string, ...options: string[]): Promise<void> {
  if (process.env.WBPF_TEST_BUILT) return;
  const ended = await wbpf(["build", folder, ...options], { limitMs: BUILD_LIMIT_MS });
  if (ended.code === 0) return;
  const end = ended.signal === null ? `exit code ${ended.code}` : `ended by ${ended.signal}`;
  throw new Error(`wbpf build ${folder}: ${end}: ${ended.stderr}${ended.stdout}`);
}
