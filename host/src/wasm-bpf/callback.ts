import { bpfError } from "../imports/errno.js";
import { encodeModule } from "./encode.js";
import { CALLBACK, GO_CALLBACK } from "./signatures.js";

/** A module's function for records. */
export type Callback = (ctx: number, data: number, size: number) => number;

/** The part of `WebAssembly.Table` that is needed; Node's types do not have it. */
interface Table {
  readonly length: number;
  get(index: number): unknown;
}

const isTable = (value: unknown): value is Table =>
  Object.prototype.toString.call(value) === "[object WebAssembly.Table]";

let probe: WebAssembly.Module | undefined;

/** Whether a module's function has the type of a {@link Callback}: linking tells, and V8 has no other way yet. */
function isCallback(value: unknown): value is Callback {
  probe ??= new WebAssembly.Module(
    encodeModule([{ module: "guest", name: "callback", signature: CALLBACK }], []),
  );
  try {
    new WebAssembly.Instance(probe, { guest: { callback: value as WebAssembly.ImportValue } });
    return true;
  } catch {
    return false;
  }
}

/** Finds the functions that a module names for its records. What it names wrongly throws a BpfError `EINVAL`. */
export class Callbacks {
  readonly #exports: WebAssembly.Exports;
  readonly #checked = new WeakSet<object>();

  constructor(exports: WebAssembly.Exports) {
    this.#exports = exports;
  }

  /** The function at an index of the only table that the module exports, whatever its name. */
  at(index: number): Callback {
    const tables = Object.values(this.#exports).filter(isTable);
    const [table] = tables;
    if (table === undefined || tables.length > 1) {
      const found = table === undefined ? "none" : `${tables.length}`;
      throw bpfError(
        "EINVAL",
        `wasm_bpf_buffer_poll finds its callback in the one table that the module exports, but it exports ${found} (wasm-ld: --export-table)`,
      );
    }
    const place = index >>> 0;
    if (place >= table.length) {
      throw bpfError(
        "EINVAL",
        `wasm_bpf_buffer_poll: there is no function ${place} in the module's table of ${table.length}`,
      );
    }
    return this.#check(table.get(place), `function ${place} of the module's table`);
  }

  /** What a TinyGo module exports for its records. */
  exported(): Callback {
    return this.#check(this.#exports[GO_CALLBACK], `the module's export '${GO_CALLBACK}'`);
  }

  #check(value: unknown, what: string): Callback {
    if (typeof value !== "function") {
      throw bpfError("EINVAL", `wasm_bpf_buffer_poll: ${what} is not there`);
    }
    if (!this.#checked.has(value)) {
      if (!isCallback(value)) {
        throw bpfError(
          "EINVAL",
          `wasm_bpf_buffer_poll: ${what} is not a callback (i32, i32, i32) → i32`,
        );
      }
      this.#checked.add(value);
    }
    return value as Callback;
  }
}
