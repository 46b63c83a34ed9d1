/**
 * Which is the faster way to hand the records of a batch to a module's callback: JavaScript that calls it with each, or a small Wasm module that asks JavaScript for each
 * and calls it: `npx tsx test/wasm-bpf/delivery.ts`. No kernel is needed. CPU time of the thread, both in turn, in one process; the numbers of docs/wasm_bpf.md come
 * from here.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as encodeModules from "../../host/src/wasm-bpf/encode.js";
import type * as recordsModule from "../../host/src/wasm-bpf/records.js";
import { threadClock } from "../bench/native.js";
import { inTurn, median } from "../bench/stats.js";

const BATCH = 128 * 1024;
const BATCHES = 400;
const ROUNDS = 21;

/** The compiled host, as users run it. */
const host = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../../host/dist/wasm-bpf/${file}`, import.meta.url).href)) as T;
const { encodeModule } = await host<typeof encodeModules>("encode.js");
const { Records } = await host<typeof recordsModule>("records.js");

type Deliver = (ctx: number, data: number) => number;
type Callback = (ctx: number, data: number, size: number) => number;

/** A guest's callback in C: adds up one field, as a filter does. */
function guest(): { memory: WebAssembly.Memory; callback: Callback } {
  const folder = mkdtempSync(join(tmpdir(), "wbpf-delivery-"));
  try {
    const out = join(folder, "guest.wasm");
    const flags = [
      "--target=wasm32",
      "-nostdlib",
      "-O2",
      "-Wl,--no-entry",
      "-Wl,--export=callback",
    ];
    execFileSync("clang", [...flags, "-x", "c", "-", "-o", out], {
      input:
        "unsigned long long sum; int callback(void *ctx, unsigned long long *data, int size) { sum += data[1] + size; return 0; }",
    });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(out)), {});
    return { memory: exports.memory as WebAssembly.Memory, callback: exports.callback as Callback };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** loop: size = next(); if size < 0, return count; callback(ctx, data, size); count++ */
function trampoline(next: () => number, callback: Callback): Deliver {
  const code = [
    ...[0x03, 0x40, 0x10, 0, 0x22, 2, 0x41, 0, 0x4e, 0x04, 0x40],
    ...[0x20, 0, 0x20, 1, 0x20, 2, 0x10, 1, 0x1a],
    ...[0x20, 3, 0x41, 1, 0x6a, 0x21, 3, 0x0c, 1, 0x0b, 0x0b, 0x20, 3],
  ];
  const bytes = encodeModule(
    [
      { module: "a", name: "next", signature: ":i" },
      { module: "a", name: "callback", signature: "iii:i" },
    ],
    [{ name: "deliver", signature: "ii:i", locals: "ii", code }],
  );
  const imports = { a: { next, callback } } as unknown as WebAssembly.Imports;
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports
    .deliver as Deliver;
}

/** What the host does. */
function loop(next: () => number, callback: Callback): Deliver {
  return (ctx, data) => {
    let count = 0;
    for (let size = next(); size >= 0; size = next()) {
      callback(ctx, data, size);
      count++;
    }
    return count;
  };
}

/** A batch full of records of one size, as frames. */
function batchOf(size: number): { bytes: ArrayBuffer; length: number; count: number } {
  const bytes = new ArrayBuffer(BATCH);
  const frame = (size + 15) & ~7;
  const count = Math.floor(BATCH / frame);
  for (let i = 0; i < count; i++) new DataView(bytes).setUint32(i * frame, size, true);
  return { bytes, length: count * frame, count };
}

const clock = threadClock();
for (const size of [16, 64, 256, 1024]) {
  const { bytes, length, count } = batchOf(size);
  const side = (make: (next: () => number, callback: Callback) => Deliver) => {
    const { memory, callback } = guest();
    const records = new Records(memory);
    const deliver = make(records.next, callback);
    return (): number => {
      const from = clock();
      for (let i = 0; i < BATCHES; i++) {
        records.begin(bytes, length, 4096, size);
        if (deliver(0, 4096) !== count) throw new Error("a record is missing");
      }
      return (clock() - from) / BATCHES / count;
    };
  };
  const { native: js, ours: wasm } = await inTurn(ROUNDS, side(loop), side(trampoline));
  process.stdout.write(
    `${String(size).padStart(4)} bytes: from JavaScript ${median(js).toFixed(1)} ns, through Wasm ${median(wasm).toFixed(1)} ns a record\n`,
  );
}
