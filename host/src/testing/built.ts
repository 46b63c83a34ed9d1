import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The built command. */
export const CLI = fileURLToPath(new URL("../../dist/bundle/wbpf.js", import.meta.url));

/** A folder that is gone when the suite has ended. */
export function temporaryFolder(): {
  path: (name: string) => string;
  put: (name: string, content: string | Uint8Array) => string;
} {
  const folder = mkdtempSync(join(tmpdir(), "wbpf-host-"));
  after(() => rmSync(folder, { recursive: true }));
  const path = (name: string) => join(folder, name);
  return {
    path,
    put: (name, content) => {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
}

/** Flags of `wbpf run` that say what the module may do. */
const POLICY_FLAGS = ["--policy", "--allow", "--allow-all", "--mode", "--roles"];

/**
 * What `wbpf` is called with in a test: a run that says nothing of a policy is not about policies, and lets the module do everything. This is the one place where
 * tests say so.
 */
export function withPolicy(args: readonly string[]): readonly string[] {
  // What follows the module is the module's, such as a --mode of its own.
  const module = args.findIndex((arg) => arg.endsWith(".wasm"));
  const own = module < 0 ? args : args.slice(0, module);
  if (args[0] !== "run" || own.some((arg) => POLICY_FLAGS.includes(arg))) return args;
  return ["run", "--allow-all", ...args.slice(1)];
}

/** What `wbpf` said, without what it says to everybody who lets a module do everything. */
export const withoutWarning = (stderr: string): string =>
  stderr.replace(/^wbpf: --allow-all: no policy is in force;.*\n/m, "");

/** A `wbpf` process of a test. */
export class Wbpf {
  stdout = "";
  stderr = "";
  readonly child;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    const called = withPolicy(args);
    this.child = spawn(process.execPath, [CLI, ...called], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      if (called !== args) this.stderr = withoutWarning(this.stderr);
    });
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    const limit = setTimeout(() => this.child.kill("SIGKILL"), 30_000);
    this.ended = new Promise((resolve) => {
      this.child.on("close", (code) => {
        clearTimeout(limit);
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Waits until stdout has that text. */
  async says(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Runs `wbpf` to its end. */
export const wbpf = (...args: string[]) => new Wbpf(args).ended;
