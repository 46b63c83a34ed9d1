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

/** Nanoseconds a record and a lookup, of one run. */
async function measure(wasm: string): Promise<[record: number, lookup: number]> {
  const tool = start(["run", wasm]);
  let filled = 0;
  tool.child.stdout?.on("data", () => {
    for (; filled < (tool.stdout.match(/FILL/g) ?? []).length; filled++) execFileSync(filler);
  });
  const { stdout, stderr } = await tool.ended;
  const [record, lookup] = [...stdout.matchAll(/ ns ([\d.]+)/g)].map(([, ns]) => Number(ns));
  if (record === undefined || lookup === undefined) {
    throw new Error(`${wasm} printed ${stdout}${stderr}`);
  }
  return [record, lookup];
}

try {
  await build(folder);
  await build(folder, "--portable");
  const modules = [
    ["own ABI (wbpf), AssemblyScript", join(folder, "build/bench.wasm")],
    ["wasm_bpf, AssemblyScript (--portable)", join(folder, "build/bench.portable.wasm")],
    ["wasm_bpf, C", buildGuest("bench")],
    ["wasm_bpf, C, 64-bit pointers", buildGuest("bench", { flags: ["-DWIDE_POINTERS"] })],
  ] as const;
  // In turn, so that what else the machine does meets all of them.
  const runs: [record: number, lookup: number][][] = modules.map(() => []);
  for (let i = 0; i < RUNS; i++) {
    for (const [place, [, wasm]] of modules.entries()) runs[place]?.push(await measure(wasm));
  }
  for (const [place, [title]] of modules.entries()) {
    const least = (which: 0 | 1): number =>
      Math.min(...(runs[place] ?? []).map((run) => run[which]));
    process.stdout.write(
      `${title.padEnd(40)} ${least(0).toFixed(1).padStart(7)} ns a record ${least(1).toFixed(0).padStart(6)} ns a lookup\n`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true });
}
