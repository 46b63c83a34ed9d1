import assert from "node:assert/strict";
import { FLAG_KINDS, grantOfFlag } from "../file/flag.js";
import { parsePolicy } from "../file/parse.js";
import { writePolicy } from "../file/write.js";
import { allowAll } from "../model/defaults.js";
import { PROGRAM_TYPES } from "../model/program-type.js";
import { explainUses, usesOf } from "./explain.js";

/** A flag of each kind that there is. */
const FLAGS = [
  ...PROGRAM_TYPES.map(({ name, target }) => (target === undefined ? name : `${name}=/a/b:c`)),
  ...[...FLAG_KINDS.keys()],
].flatMap((text) => {
  for (const value of ["", "=**", "=bpf_x", "=drop", "=/a", "=host", "=eth0"]) {
    try {
      return [grantOfFlag(text.replace(/=.*/, value || "$&") + (text.includes("=") ? "" : value))];
    } catch {}
  }
  return [];
});

describe("explainUses", () => {
  it("says which rule allows what, and writes the grants that are missing", () => {
    const policy = parsePolicy(
      "version: 1\nprograms: { allow: [{ type: tracepoint, targets: [sched/*] }], helpers: { deny: [bpf_x] }, max: 1 }",
      "p.yaml",
    );
    const { uses, missing, forbidden } = explainUses(policy, [
      { kind: "attach", program: "a", type: "tracepoint", target: "sched/x" },
      { kind: "attach", program: "b", type: "tracepoint", target: "syscalls/y" },
      { kind: "map", map: "m", type: "hash", created: false },
      { kind: "helper", program: "a", name: "bpf_x" },
      { kind: "helper", program: "b", name: "bpf_x" },
      { kind: "quota", quota: "programs", amount: 2 },
      { kind: "clock" },
    ]);
    assert.deepEqual(
      uses.map(({ text, verdict }) => `${verdict.allowed ? "+" : "-"} ${text}: ${verdict.rule}`),
      [
        "+ tracepoint sched/x: p.yaml:2 programs.allow[0]",
        "- tracepoint syscalls/y: programs.allow",
        "- hash map 'm': maps.types",
        "- helper bpf_x: p.yaml:2 programs.helpers.deny[0]",
        "- 2 programs: p.yaml:2 programs.max",
        "- clock: host.clock",
      ],
    );
    assert.deepEqual(missing, {
      programs: { allow: [{ type: "tracepoint", targets: ["syscalls/y"] }], max: 2 },
      maps: { types: ["hash"] },
      host: { clock: true },
    });
    assert.deepEqual(
      forbidden.map(({ text }) => text),
      ["helper bpf_x"],
    );
  });

  it("offers grants that allow just what was denied, of every kind", () => {
    assert.ok(FLAGS.length > 50, `${FLAGS.length}`);
    const nothing = parsePolicy("version: 1\nprograms: { helpers: { allow: [] } }", "none");
    for (const grant of FLAGS) {
      const uses = usesOf(grant);
      assert.ok(uses.length > 0, JSON.stringify(grant));
      const { missing } = explainUses(nothing, uses);
      assert.ok(missing !== undefined, JSON.stringify(grant));
      const granted = parsePolicy(writePolicy(missing), "written");
      const again = explainUses(granted, uses);
      assert.deepEqual([again.missing, again.forbidden], [undefined, []], JSON.stringify(grant));
    }
  });

  it("denies nothing where everything is allowed", () => {
    const { missing } = explainUses(allowAll(), [{ kind: "clock" }]);
    assert.equal(missing, undefined);
  });
});
