import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, Process, root, start } from "../../support/wbpf.js";
import { singleRow } from "../stats.js";
import type { Benchmark, Row } from "../types.js";

const bootstrap = join(root, "examples/bootstrap");
const object = join(bootstrap, "build/bootstrap.bpf.o");
const child = join(root, "test/bench/codegen-child.mjs");
/** Structs of the object that has many. */
const STRUCTS = 500;

/** What the child prints: CPU milliseconds, and how many types the kernel has. */
interface Costs {
  readonly parse: number;
  readonly decode: number;
  readonly types: number;
  readonly skeleton: number;
  readonly structs: number;
  readonly structsHost: number;
}

/** Fields of every kind that a view has an accessor for. */
function manyStructs(): string {
  const one = (n: number): string => `
enum e${n} { A${n} = 1, B${n} = 2 };
struct s${n} {
  int a; unsigned long long b; short c : 5; unsigned d : 11; char e[16]; void *f;
  struct { int x; short y; } g; union { long l; char m[8]; } h; _Bool i; unsigned char j[6];
  enum e${n} k; double l; unsigned m[4]; long long n; signed char o; unsigned short p;
} v${n};`;
  return Array.from({ length: STRUCTS }, (_, n) => one(n)).join("\n");
}

/** What the codegen costs: CPU time, as the machine may be busy. Each round is a process of its own, as a user's `wbpf gen` is. */
export const codegen: Benchmark = {
  name: "codegen",
  async run({ rounds }) {
    await build(bootstrap);
    const folder = mkdtempSync(join(tmpdir(), "wbpf-bench-"));
    try {
      const many = join(folder, "many.bpf.o");
      writeFileSync(join(folder, "many.bpf.c"), manyStructs());
      execFileSync("clang", [
        ...["-target", "bpf", "-g", "-O2", "-w", "-c", join(folder, "many.bpf.c"), "-o", many],
      ]);
      const costs: Costs[] = [];
      for (let round = 0; round < rounds; round++) {
        const { code, stdout, stderr } = await new Process(process.execPath, [child, object, many])
          .ended;
        if (code !== 0) throw new Error(stderr);
        costs.push(JSON.parse(stdout) as Costs);
      }
      const row = (name: string, key: keyof Costs, limit?: number): Row =>
        singleRow(
          name,
          "ms CPU",
          costs.map((cost) => cost[key]),
          limit === undefined ? null : { of: "value", limit },
        );
      const types = costs[0]?.types ?? 0;
      return [
        row(`BTF of the kernel (${types} types), parsed and checked`, "parse", 150),
        row("the same, every type of it decoded", "decode"),
        row("skeleton of bootstrap", "skeleton", 300),
        row(`bindings of ${STRUCTS} structs`, "structs", 2000),
        row(`bindings of ${STRUCTS} structs for the host`, "structsHost", 2000),
        await command(rounds, folder, "bindings of task_struct from vmlinux", [
          ...["gen", "/sys/kernel/btf/vmlinux", "--type", "task_struct"],
        ]),
        await command(rounds, folder, "vmlinux.h of this kernel", ["vmlinux"]),
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Seconds that a user waits for a whole command. */
async function command(
  rounds: number,
  folder: string,
  title: string,
  args: readonly string[],
): Promise<Row> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    const { code, stderr } = await start([...args, "-o", join(folder, "out")]).ended;
    if (code !== 0) throw new Error(stderr);
    times.push((performance.now() - from) / 1000);
  }
  return singleRow(title, "s", times);
}
