/**
 * Commands in another kernel: `await kernel("6.1").run(["node", "script.js"])`.
 *
 * The guest sees the host's files as they were when it booted, and may change them; nothing of that reaches the host. It has root with every capability, cgroup
 * v2, tracefs, bpffs, a loopback device and no other network. Emulation is slow: Node.js starts in 1.6 s there and clang in 5 to 10 s, so build before the first `run`.
 *
 * @module
 */
import { root } from "../support/wbpf.js";
import { type GuestResult, Machine } from "./machine.js";
import { kernelTree } from "./tree.js";

export interface RunOptions {
  /** How long the command may take, boot not included. 60 s by default. */
  readonly timeoutMs?: number;
  /** Added to the guest's environment, which has only PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** The repository's root by default. */
  readonly cwd?: string;
  /** Is given what the command prints on stdout, at once and in pieces. */
  readonly heard?: (text: string) => void;
}

/** A kernel line of Debian that tests can run commands in. It boots with the first command and stays up for the next ones. */
export class Kernel {
  readonly line: string;
  #machine: Promise<Machine> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(line: string) {
    this.line = line;
  }

  /**
   * Runs a command after those that were asked for before.
   * @throws UnavailableError when the kernel cannot be had, GuestDied when it does not survive the command
   */
  run(command: readonly string[], options: RunOptions = {}): Promise<GuestResult> {
    const result = this.#last.then(() => this.#run(command, options));
    this.#last = result.catch(() => {});
    return result;
  }

  async #run(command: readonly string[], options: RunOptions): Promise<GuestResult> {
    const { timeoutMs = 60_000, env = {}, cwd = root, heard } = options;
    const lines = [
      `cd ${quoted(cwd)} || exit 126`,
      ...Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`),
      `exec ${command.map(quoted).join(" ")}`,
    ];
    this.#machine ??= Machine.boot(kernelTree(this.line));
    try {
      const machine = await this.#machine;
      const result = await machine.run(lines.join("\n"), timeoutMs, heard);
      if (result.code === undefined) await this.close();
      return result;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Switches the guest off. The next command boots a fresh one. */
  async close(): Promise<void> {
    const machine = this.#machine;
    this.#machine = undefined;
    await machine?.then(
      (running) => running.close(),
      () => {},
    );
  }
}

const kernels = new Map<string, Kernel>();

/** The kernel of a line, such as `"6.1"`: one guest for the whole test process. */
export function kernel(line: string): Kernel {
  let found = kernels.get(line);
  if (found === undefined) {
    found = new Kernel(line);
    kernels.set(line, found);
  }
  return found;
}

/** One word of a shell's command line. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
