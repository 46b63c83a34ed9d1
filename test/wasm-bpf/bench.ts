/**
 * What a record and a map operation cost a module of the published `wasm_bpf` ABI, beside the same on our own: `npx tsx test/wasm-bpf/bench.ts`. Needs root. The
 * numbers of docs/wasm_bpf.md come from here. Records stand in the ring before anybody reads; the best of several runs is printed.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, root, start } from "../support/wbpf.js";
import { buildGuest } from "./support/guest.js";

const RUNS = 5;
const FILLS = 40;

const folder = join(root, "test/fixtures/wasm-bpf-bench");
const scratch = mkdtempSync(join(tmpdir(), "wbpf-bench-"));
const filler = join(scratch, "fill");
execFileSync("gcc", ["-x", "c", "-o", filler, "-"], {
  input: `#include <sys/syscall.h>\n#include <unistd.h>\nint main(void) { for (int i = 0; i < ${FILLS}; i++) syscall(SYS_getpriority, 78, 0); }\n`,
});

/** Nanoseconds a record and a lookup, the least of several runs. */
async function measure(wasm: string): Promise<[record: number, lookup: number]> {
  let record = Infinity;
  let lookup = Infinity;
  for (let i = 0; i < RUNS; i++) {
    const tool = start(["run", wasm]);
    let filled = 0;
    tool.child.stdout?.on("data", () => {
      for (; filled < (tool.stdout.match(/FILL/g) ?? []).length; filled++) execFileSync(filler);
    });
    const { stdout, stderr } = await tool.ended;
    const values = [...stdout.matchAll(/ ns ([\d.]+)/g)].map(([, ns]) => Number(ns));
    if (values.length !== 2) throw new Error(`${wasm} printed ${stdout}${stderr}`);
    record = Math.min(record, values[0] ?? Infinity);
    lookup = Math.min(lookup, values[1] ?? Infinity);
  }
  return [record, lookup];
}

try {
  await build(folder);
  await build(folder, "--portable");
  for (const [title, wasm] of [
    ["own ABI (wbpf), AssemblyScript", join(folder, "build/bench.wasm")],
    ["wasm_bpf, AssemblyScript (--portable)", join(folder, "build/bench.portable.wasm")],
    ["wasm_bpf, C", buildGuest("bench")],
    ["wasm_bpf, C, 64-bit pointers", buildGuest("bench", { flags: ["-DWIDE_POINTERS"] })],
  ] as const) {
    const [record, lookup] = await measure(wasm);
    process.stdout.write(
      `${title.padEnd(40)} ${record.toFixed(1).padStart(7)} ns a record ${lookup.toFixed(0).padStart(6)} ns a lookup\n`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true });
}
