import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Processor } from "./processor.js";

const sources = fileURLToPath(new URL("native", import.meta.url));
const output = fileURLToPath(new URL("build", import.meta.url));
const require = createRequire(import.meta.url);

/** Compiles what is older than its sources. */
function make(name: string, inputs: readonly string[], args: readonly string[]): string {
  const file = join(output, name);
  const newest = Math.max(...inputs.map((input) => statSync(join(sources, input)).mtimeMs));
  if (existsSync(file) && statSync(file).mtimeMs >= newest) return file;
  mkdirSync(output, { recursive: true });
  const sourceFiles = inputs.filter((input) => input.endsWith(".c"));
  execFileSync("cc", ["-O2", "-Wall", "-o", file, ...sourceFiles, ...args], {
    cwd: sources,
    stdio: ["ignore", "inherit", "inherit"],
  });
  return file;
}

/** The C side of every comparison: libbpf, `cc -O2`. */
export function nativeProgram(): string {
  const inputs = readdirSync(sources).filter((file) => file !== "clock.c");
  return make("native", inputs, ["-lbpf"]);
}

/** CPU time of the calling thread, in nanoseconds. */
export function threadClock(): () => number {
  const headers = dirname(require.resolve("node-api-headers/package.json"));
  const file = make("clock.node", ["clock.c"], ["-shared", "-fPIC", `-I${headers}/include`]);
  return (require(file) as { threadCpu: () => number }).threadCpu;
}

/** A native process that measures what it is told to, on the same processor as this thread. */
export class Measurer {
  readonly #processor = new Processor();
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(object: string) {
    const command = [nativeProgram(), "measure", object];
    this.#child = spawn("taskset", ["--cpu-list", this.#processor.number, ...command], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const stdout = this.#child.stdout;
    if (stdout === null) throw new Error("no stdout");
    this.#lines = createInterface(stdout)[Symbol.asyncIterator]();
  }

  /** Nanoseconds of CPU time for one of what was done. */
  async ask(command: string): Promise<number> {
    this.#child.stdin?.write(`${command}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error(`the native program ended during '${command}'`);
    const [ns = 0, count = 0] = line.value.split(" ").map(Number);
    if (!(count > 0)) throw new Error(`the native program does not know '${command}'`);
    return ns / count;
  }

  close(): void {
    this.#child.stdin?.end();
    this.#processor.release();
  }
}
