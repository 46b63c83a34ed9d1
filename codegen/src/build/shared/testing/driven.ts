import assert from "node:assert/strict";

/** States that `asyncify_get_state` tells. */
const RUNNING = 0;
const REWINDING = 2;
const HEAD = 8;
const PARK_SIZE = 4096;

/** A wait: what answers it. `at once` is a host that has the answer when it is asked. */
export interface Answer {
  readonly value: number;
  readonly atOnce?: boolean;
  /** Bytes that are put where the second argument says. */
  readonly bytes?: Uint8Array;
}

/** What a module that waits exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly _start: () => void;
  /** A `WebAssembly.Global`. */
  readonly wbpf_park: { value: number };
  readonly asyncify_start_unwind: (park: number) => void;
  readonly asyncify_stop_unwind: () => void;
  readonly asyncify_start_rewind: (park: number) => void;
  readonly asyncify_stop_rewind: () => void;
  readonly asyncify_get_state: () => number;
}

/** Runs a shared module with a host of stubs, and suspends it at each wait. */
export class Driven {
  /** What it printed. */
  output = "";
  /** The waits it was suspended in, by the import's name. */
  readonly waits: string[] = [];
  /** Most bytes of its park that were in use. */
  parked = 0;
  readonly exports: Exports & Record<string, unknown>;
  private readonly answers: Answer[];

  constructor(wasm: Uint8Array, answers: readonly Answer[]) {
    this.answers = [...answers];
    const module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
    const imports: Record<string, Record<string, (...args: number[]) => unknown>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] = this.stub(name);
    }
    this.exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports &
      Record<string, unknown>;
  }

  /** Runs it to its end. */
  run(): void {
    this.exports._start();
    while (this.exports.asyncify_get_state() !== RUNNING) this.resume();
    assert.equal(this.answers.length, 0, "answers are left");
  }

  /** What the host does between two turns of a module; for a test to look at it there. */
  whileSuspended: () => void = () => {};

  private resume(): void {
    const { exports } = this;
    exports.asyncify_stop_unwind();
    const park = exports.wbpf_park.value;
    this.parked = Math.max(this.parked, this.view.getUint32(park, true) - park);
    this.whileSuspended();
    exports.asyncify_start_rewind(park);
    exports._start();
  }

  private get view(): DataView {
    return new DataView(this.exports.memory.buffer);
  }

  private stub(name: string): (...args: number[]) => unknown {
    if (["buffer_wait", "buffer_poll", "poll_oneoff"].includes(name))
      return (...args) => this.wait(name, args);
    if (name === "fd_write") return (...args) => this.write(args);
    if (name === "proc_exit")
      return (code) => {
        throw new Error(`exit ${code}`);
      };
    // A handle, where one is asked for.
    return () => (/^(object_open|buffer_open|object_find_.*)$/.test(name) ? 1 : 0);
  }

  private wait(name: string, args: readonly number[]): number {
    const { exports, view } = this;
    if (exports.asyncify_get_state() === REWINDING) exports.asyncify_stop_rewind();
    else if (!this.answers[0]?.atOnce) {
      const park = exports.wbpf_park.value;
      view.setUint32(park, park + HEAD, true);
      view.setUint32(park + 4, park + PARK_SIZE, true);
      this.waits.push(name);
      exports.asyncify_start_unwind(park);
      return 0x5eed;
    }
    const answer = this.answers.shift();
    assert.ok(answer, "it waits once more");
    if (answer.bytes !== undefined)
      new Uint8Array(exports.memory.buffer).set(answer.bytes, args[1] as number);
    return answer.value;
  }

  private write([, list = 0, , written = 0]: readonly number[]): number {
    const { view } = this;
    const length = view.getUint32(list + 4, true);
    this.output += new TextDecoder().decode(
      new Uint8Array(this.exports.memory.buffer, view.getUint32(list, true), length),
    );
    view.setUint32(written, length, true);
    return 0;
  }
}
