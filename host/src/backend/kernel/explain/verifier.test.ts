import assert from "node:assert/strict";
import { hintFor, readRefusal } from "./verifier.js";

const log = (program: string, lines: string[]) =>
  `libbpf: prog '${program}': -- BEGIN PROG LOAD LOG --\n${lines.join("\n")}\n-- END PROG LOAD LOG --\n`;

const STATISTICS = "processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0";

describe("readRefusal", () => {
  it("finds the reason and the C line, and leaves statistics out", () => {
    const refusal = readRefusal(
      log("first", [
        "0: R1=ctx() R10=fp0",
        "; int first(long *c) { @ first.bpf.c:4",
        "0: (79) r1 = *(u64 *)(r1 +8)          ; R1=scalar()",
        "; return *(int *)c[1]; @ first.bpf.c:5",
        "1: (61) r0 = *(u32 *)(r1 +0)",
        "R1 invalid mem access 'scalar'",
        STATISTICS,
      ]),
    );
    assert.equal(refusal?.reason, "R1 invalid mem access 'scalar'");
    assert.equal(refusal?.source, "first.bpf.c:5: return *(int *)c[1];");
    assert.equal(refusal?.lastLines.length, 6);
    assert.equal(refusal?.lastLines.at(-1), "R1 invalid mem access 'scalar'");
  });

  it("takes the C line of a kernel before 6.8, which names no file, and skips empty ones", () => {
    const refusal = readRefusal(
      log("old", [
        "; return *p;",
        "7: (61) r0 = *(u32 *)(r0 +0)",
        ";  @ old.bpf.c:0",
        "bad access",
      ]),
    );
    assert.equal(refusal?.source, "return *p;");
    assert.equal(refusal?.reason, "bad access");
  });

  it("shows the last ten lines of a long log", () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `${index}: (b7) r0 = ${index}`);
    const refusal = readRefusal(log("long", [...lines, "BPF program is too large.", STATISTICS]));
    assert.equal(refusal?.reason, "BPF program is too large");
    assert.equal(refusal?.lastLines.length, 10);
    assert.equal(refusal?.lastLines[0], "49991: (b7) r0 = 49991");
  });

  it("reads the log of the program that is meant", () => {
    const both = log("first", ["the first's reason"]) + log("second", ["the second's reason"]);
    assert.equal(readRefusal(both, "first")?.reason, "the first's reason");
    assert.equal(readRefusal(both, "second")?.reason, "the second's reason");
    assert.equal(readRefusal(both)?.reason, "the second's reason");
  });

  it("knows when there is nothing to read", () => {
    assert.equal(readRefusal(""), undefined);
    assert.equal(readRefusal(log("silent", [STATISTICS])), undefined);
  });

  it("falls back on the last line when all are instructions", () => {
    assert.equal(
      readRefusal(log("cut", ["0: (b7) r0 = 0", "1: (95) exit"]))?.reason,
      "1: (95) exit",
    );
  });
});

describe("hintFor", () => {
  it("knows what usually helps", () => {
    assert.match(hintFor("R0 invalid mem access 'map_value_or_null'") ?? "", /NULL/);
    assert.match(hintFor("The sequence of 8193 jumps is too complex") ?? "", /bpf_loop/);
    assert.equal(hintFor("something new"), undefined);
  });
});
