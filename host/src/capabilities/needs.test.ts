import assert from "node:assert/strict";
import type { Use } from "../policy/model/use.js";
import { maskOf } from "./capability.js";
import { capabilityNeeds } from "./needs.js";
import { planOf } from "./plan.js";
import type { Surroundings } from "./surroundings.js";

/** Linux 6.18, and root without capabilities. */
const ROOT: Surroundings = {
  kernel: 0x061200,
  perfParanoid: 2,
  bpfRestricted: true,
  readable: () => true,
  tracefs: "/sys/kernel/tracing",
  inKernel: () => true,
};

const program = (type: string): Use => ({ kind: "program", program: "p", type, sleepable: false });
const attach = (type: string, target: string): Use => ({
  kind: "attach",
  program: "p",
  type,
  target,
});
const map = (type: string): Use => ({ kind: "map", map: "m", type, created: false });
const helper = (name: string): Use => ({ kind: "helper", program: "p", name });

/** Names without "CAP_"; those that stay to the end have a star. */
const needed = (uses: readonly Use[], around: Partial<Surroundings> = {}): string =>
  capabilityNeeds(uses, { ...ROOT, ...around })
    .map(({ capability, until }) => capability.slice(4) + (until === "end" ? "*" : ""))
    .join(" ");

describe("capabilityNeeds", () => {
  const cases: readonly [string, readonly Use[], string, Partial<Surroundings>?][] = [
    ["nothing", [{ kind: "stdout" }], ""],
    ["a map", [map("hash")], "BPF"],
    ["a tracepoint", [program("tracepoint")], "PERFMON BPF"],
    [
      "a tracepoint, for a user who may not read tracefs",
      [program("tracepoint")],
      "DAC_READ_SEARCH PERFMON BPF",
      { readable: () => false },
    ],
    ["XDP", [program("xdp")], "NET_ADMIN PERFMON BPF"],
    ["XDP that prints", [program("xdp"), helper("bpf_trace_printk")], "NET_ADMIN PERFMON BPF"],
    ["a devmap", [map("devmap")], "NET_ADMIN BPF"],
    ["tc, which is detached by a message", [program("tc")], "NET_ADMIN* PERFMON BPF"],
    ["tcx", [program("tcx")], "NET_ADMIN PERFMON BPF"],
    ["a socket filter", [program("socket_filter")], "NET_RAW PERFMON BPF"],
    ["a uprobe", [program("uprobe")], "SYS_ADMIN PERFMON BPF"],
    ["uprobe.multi", [program("uprobe_multi")], "PERFMON BPF"],
    ["kprobe.multi", [program("kprobe_multi")], "SYSLOG PERFMON BPF"],
    ["perf buffers", [map("perf_event_array")], "PERFMON BPF"],
    [
      "perf buffers where perf events are for root alone",
      [map("perf_event_array")],
      "SYS_ADMIN PERFMON BPF",
      { perfParanoid: 3 },
    ],
    ["fentry", [program("fentry"), attach("fentry", "do_exit")], "PERFMON BPF"],
    [
      "fentry of a module's function",
      [program("fentry"), attach("fentry", "nfs_open")],
      "SYS_ADMIN PERFMON BPF",
      { inKernel: () => false },
    ],
    ["statistics", [{ kind: "stats" }], "SYS_ADMIN"],
    ["freezing", [map("array"), { kind: "freeze" }], "BPF"],
    ["freezing before 6.5", [map("array"), { kind: "freeze" }], "BPF*", { kernel: 0x060100 }],
    ["a map before 5.19", [map("hash")], "BPF*", { kernel: 0x050f00 }],
    ["a map before 5.11", [map("hash")], "SYS_RESOURCE BPF*", { kernel: 0x050a00 }],
    ["a map before 5.8", [map("hash")], "SYS_ADMIN* SYS_RESOURCE BPF*", { kernel: 0x050400 }],
    ["symbols of processes", [{ kind: "symbols", path: "/bin/sh" }], "SYS_PTRACE*"],
    ["a file of another", [{ kind: "file", path: "/x", access: "read" }], ""],
    [
      "a file that others may not read",
      [{ kind: "file", path: "/x", access: "read" }],
      "DAC_READ_SEARCH*",
      { readable: () => false },
    ],
  ];
  for (const [what, uses, expected, around] of cases) {
    it(`${what}: ${expected || "none"}`, () => assert.equal(needed(uses, around), expected));
  }

  it("says what each is for", () => {
    const [, , bpf] = capabilityNeeds([program("xdp")], ROOT);
    assert.equal(bpf?.purpose, "load programs and create maps");
  });
});

describe("planOf", () => {
  const needs = capabilityNeeds([program("tc"), program("tracepoint")], ROOT);

  it("keeps what is needed, as long as it is", () => {
    assert.deepEqual(planOf(needs, ~0n), {
      start: ["CAP_NET_ADMIN", "CAP_PERFMON", "CAP_BPF"],
      attached: ["CAP_NET_ADMIN"],
    });
  });

  it("keeps CAP_SYS_ADMIN where that is all there is, and nothing that is not there", () => {
    assert.deepEqual(planOf(needs, maskOf(["CAP_SYS_ADMIN"])).start, ["CAP_SYS_ADMIN"]);
    assert.deepEqual(planOf(needs, maskOf(["CAP_BPF"])).start, ["CAP_BPF"]);
    assert.deepEqual(planOf(needs, 0n), { start: [], attached: [] });
  });
});
