import assert from "node:assert/strict";
import { no, unknown, YES } from "../probe/answer.js";
import { capabilityFindings } from "./capabilities.js";
import { finding } from "./finding.js";
import { formatReport, formatVerdict } from "./format.js";

/** Bits of `include/uapi/linux/capability.h`. */
const NET_ADMIN = 1n << 12n;
const SYS_ADMIN = 1n << 21n;
const BPF = 1n << 39n;

describe("what a doctor says of capabilities", () => {
  const states = (effective: bigint) =>
    Object.fromEntries(
      capabilityFindings(effective).map(({ name, answer }) => [name, answer.state]),
    );

  it("is what the process has", () => {
    assert.deepEqual(states(BPF | NET_ADMIN), {
      CAP_BPF: "yes",
      CAP_PERFMON: "no",
      CAP_NET_ADMIN: "yes",
      CAP_SYS_ADMIN: "no",
      CAP_DAC_READ_SEARCH: "no",
    });
    for (const { answer } of capabilityFindings(0n)) {
      assert.ok(answer.state === "no" && answer.remedy, "there is something to do about it");
    }
  });

  it("takes CAP_SYS_ADMIN for those that were split off it", () => {
    assert.deepEqual(states(SYS_ADMIN), {
      CAP_BPF: "yes",
      CAP_PERFMON: "yes",
      CAP_NET_ADMIN: "yes",
      CAP_SYS_ADMIN: "yes",
      CAP_DAC_READ_SEARCH: "no",
    });
  });
});

describe("the doctor's text", () => {
  it("has a row for each finding, its reason, and what to do", () => {
    const text = formatReport({
      kernel: "5.4.0",
      architecture: "x64",
      node: "20.20.2",
      uid: 1000,
      system: [finding("libbpf", YES, "v1.1")],
      capabilities: [],
      attachKinds: [
        finding("xdp", YES),
        finding("kprobe", no("it is not there", "use a tracepoint")),
        finding("tcx", unknown("nobody may ask")),
      ],
      programTypes: [finding("xdp", YES), finding("lsm", no("too old"))],
      mapTypes: [finding("hash", YES), finding("array", YES)],
    });
    assert.equal(
      text,
      `Linux 5.4.0 on x64, Node.js 20.20.2, user 1000

System
  yes  libbpf  v1.1

Capabilities

Attaching, each tried
  yes  xdp
  no   kprobe  it is not there
               → use a tracepoint
  ?    tcx     nobody may ask

Program types, 1 of 2
  no   lsm  too old
  xdp

Map types, 2 of 2
  hash array
`,
    );
  });

  it("ends with the verdict on a module", () => {
    const verdict = (runs: "yes" | "no" | "unknown") =>
      formatVerdict({ name: "a.wasm", runs, findings: [finding("module", YES, "ABI 1")] });
    assert.equal(verdict("yes"), "a.wasm\n  yes  module  ABI 1\na.wasm will run here.\n");
    assert.match(verdict("no"), /\na\.wasm will not run here: see above\.\n$/);
    assert.match(verdict("unknown"), /may not find out whether it will run here\.\n$/);
  });

  it("keeps the lines of a refusal together", () => {
    const findings = [finding("object a", no("refused:\nline 1\nline 2"), "2 programs")];
    assert.equal(
      formatVerdict({ name: "a.wasm", runs: "no", findings }),
      "a.wasm\n  no   object a  2 programs: refused:\n       line 1\n       line 2\na.wasm will not run here: see above.\n",
    );
  });
});
