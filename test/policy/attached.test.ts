import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, root, wbpf } from "../support/wbpf.js";

const BPF = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("kprobe") int probe(void *ctx) { return 0; }
SEC("tp") int trace(void *ctx) { return 0; }
SEC("raw_tp") int raw(void *ctx) { return 0; }
SEC("perf_event") int sample(void *ctx) { return 0; }
SEC("xdp") int packet(void *ctx) { return 2; }
char LICENSE[] SEC("license") = "GPL";
`;
const main = (
  body: string,
): string => `import { args, fail, KprobeOptions, PerfEventOptions, perfType, perfCount } from "@wbpf/sdk/assembly";
import { Tool } from "./tool.bpf";
const CATEGORY: string = "sched";
export function main(): i32 {
  const progs = Tool.open().progs;
  ${body}
  return 0;
}`;

describe("the places that a module's source names", function () {
  this.timeout(300_000);
  let folder: string;
  before(() => {
    folder = join(mkdtempSync(join(tmpdir(), "wbpf-attached-")), "tool");
    mkdirSync(join(folder, "node_modules/@wbpf"), { recursive: true });
    symlinkSync(join(root, "sdk"), join(folder, "node_modules/@wbpf/sdk"));
    writeFileSync(join(folder, "tool.bpf.c"), BPF);
  });
  after(() => rmSync(join(folder, ".."), { recursive: true }));

  /** The places where programs may be attached, by type, in the least policy. */
  async function targets(body: string, said?: string): Promise<Record<string, string>> {
    writeFileSync(join(folder, "main.ts"), main(body));
    const permissions = join(folder, "permissions.yaml");
    rmSync(permissions, { force: true });
    if (said !== undefined) writeFileSync(permissions, said);
    await build(folder);
    const module = join(folder, "build/tool.wasm");
    const { code, stdout, stderr } = await wbpf(["policy", "generate", module]);
    assert.equal(code, 0, stderr);
    return Object.fromEntries(
      [...stdout.matchAll(/- type: (\w+)\n(?:\s+#.*\n)?\s+targets: \[(.*)\]/g)].map(
        ([, type, list]) => [type, list],
      ),
    ) as Record<string, string>;
  }

  it("are those that its manifest asks for, and its least policy grants", async () => {
    const found = await targets(`
      progs.probe.attachKprobe("do_nanosleep");
      progs.probe.attachKprobe("do_unlinkat", new KprobeOptions());
      progs.trace.attachTracepoint(CATEGORY, "sched_switch");
      progs.raw.attachRawTracepoint("sys_enter");
      progs.sample.attachPerfEvent(new PerfEventOptions());
      progs.packet.attachXdp(args.i32("interface", 1));`);
    assert.deepEqual(found, {
      kprobe: "do_nanosleep, do_unlinkat",
      perf_event: "software/0",
      raw_tracepoint: "sys_enter",
      tracepoint: "sched/sched_switch",
      xdp: '"**"',
    });
  });

  it("are any where one is known only when it runs; what the author says stands", async () => {
    const found = await targets(
      `
      progs.probe.attachKprobe("do_nanosleep");
      progs.probe.attachKprobe(args.string("function", "do_unlinkat"));
      progs.trace.attachTracepoint("sched", "sched_switch");
      progs.raw.attachRawTracepoint("sys" + args.string("when", "_enter"));
      const event = new PerfEventOptions(); event.type = perfType.HARDWARE; event.config = perfCount.HW_CACHE_MISSES;
      progs.sample.attachPerfEvent(event);`,
      'version: 1\nprograms: { allow: [{ type: tracepoint, targets: ["sched/*"] }] }\n',
    );
    assert.deepEqual(found, {
      kprobe: '"**"',
      perf_event: '"**"',
      raw_tracepoint: '"**"',
      tracepoint: "sched/*",
      xdp: '"**"',
    });
  });
});
