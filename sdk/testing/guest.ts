import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const decoder = new TextDecoder();

/** An import of `wbpf` or WASI as a test plays it: numbers in, a number out. */
type Import = (...args: number[]) => number;

/** What a module sees and did, for the test's own imports. */
export class Guest {
  stdout = "";
  stderr = "";
  /** Calls of `fd_write`, to see what is sent together. */
  writes = 0;
  args: string[] = [];
  /** Nanoseconds that both clocks show. */
  now = 0n;
  /** Functions of `wbpf`; one that is missing fails the test when it is called. */
  readonly wbpf: Record<string, Import> = {};
  memory = new WebAssembly.Memory({ initial: 0 });

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  bytes(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, pointer, length);
  }

  text(pointer: number, length: number): string {
    return decoder.decode(this.bytes(pointer, length));
  }

  /** Runs the module to its end. @returns its exit code */
  run(wasm: Uint8Array<ArrayBuffer>): number {
    const module = new WebAssembly.Module(wasm);
    const wbpf: Record<string, Import> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      if (from !== "wbpf") continue;
      wbpf[name] = (...args) => {
        const played = this.wbpf[name];
        if (played === undefined)
          throw new assert.AssertionError({ message: `the module called wbpf.${name}` });
        return played(...args);
      };
    }
    const instance = new WebAssembly.Instance(module, {
      wbpf,
      wasi_snapshot_preview1: this.wasi(),
    });
    this.memory = instance.exports.memory as WebAssembly.Memory;
    try {
      (instance.exports._start as () => void)();
      return 0;
    } catch (error) {
      if (error instanceof Exit) return error.exitCode;
      throw error;
    }
  }

  private wasi(): Record<string, (...args: never[]) => number> {
    return {
      fd_write: (fd: number, iovs: number, _count: number, written: number) => {
        const length = this.view.getUint32(iovs + 4, true);
        const text = this.text(this.view.getUint32(iovs, true), length);
        if (fd === 1) this.stdout += text;
        else this.stderr += text;
        this.writes++;
        this.view.setUint32(written, length, true);
        return 0;
      },
      clock_time_get: (_id: number, _precision: bigint, time: number) => {
        this.view.setBigUint64(time, this.now, true);
        return 0;
      },
      args_sizes_get: (count: number, size: number) => {
        this.view.setUint32(count, this.argv().length, true);
        this.view.setUint32(
          size,
          this.argv().reduce((sum, arg) => sum + arg.length, 0),
          true,
        );
        return 0;
      },
      args_get: (argv: number, buf: number) => {
        for (const [i, arg] of this.argv().entries()) {
          this.view.setUint32(argv + 4 * i, buf, true);
          this.bytes(buf, arg.length).set(arg);
          buf += arg.length;
        }
        return 0;
      },
      random_get: (buf: number, length: number) => {
        crypto.getRandomValues(this.bytes(buf, length));
        return 0;
      },
      proc_exit: (code: number) => {
        throw new Exit(code);
      },
    };
  }

  private argv(): Uint8Array[] {
    return ["tool", ...this.args].map((arg) => new TextEncoder().encode(`${arg}\0`));
  }
}

class Exit {
  constructor(readonly exitCode: number) {}
}

/** Compiles a module whose `main` is in `source`, as `wbpf build` starts it. */
export async function compile(source: string): Promise<Uint8Array<ArrayBuffer>> {
  const files: Record<string, string> = {
    "main.ts": source,
    "entry.ts":
      'import { main } from "./main"; import { start } from "@wbpf/sdk/assembly/start"; start(main());',
  };
  let wasm: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    [
      "entry.ts",
      "--outFile",
      "out.wasm",
      "--exportStart",
      "_start",
      "--runtime",
      "incremental",
      "-O1",
    ].concat("--use", "abort=~lib/@wbpf/sdk/assembly/start/onAbort"),
    {
      readFile(name) {
        if (files[name] !== undefined) return files[name];
        try {
          return readFileSync(join(repository, name), "utf8");
        } catch {
          return null;
        }
      },
      writeFile(name, contents) {
        if (name.endsWith(".wasm")) wasm = contents as Uint8Array<ArrayBuffer>;
      },
      listFiles: () => [],
    },
  );
  if (error || wasm === undefined) throw new Error(stderr.toString());
  assert.equal(stderr.toString(), "", "the SDK compiles without a warning");
  return wasm;
}
