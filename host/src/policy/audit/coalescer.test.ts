import assert from "node:assert/strict";
import type { Use } from "../model/use.js";
import { AUDIT_COUNTS, type AuditLine, Coalescer } from "./coalescer.js";
import { AuditCollector } from "./collector.js";
import type { AuditRecord } from "./record.js";
import { safeSink } from "./safe.js";

const record = (name: string, verdict: AuditRecord["verdict"] = "deny"): AuditRecord => ({
  time: "2026-01-02T03:04:05.678Z",
  module: "0".repeat(64),
  name: "tool.wasm",
  call: "program_attach",
  use: { kind: "environment", name } satisfies Use,
  target: `variable ${name}`,
  rule: "host.environment",
  verdict,
});

/** Both ends, with what the sink gets. */
function pair() {
  const lines: AuditRecord[] = [];
  const collector = new AuditCollector((line) => lines.push(line));
  const sent: AuditLine[] = [];
  const { sink } = new Coalescer((line) => {
    sent.push(line);
    collector.receive(line);
  }, new Int32Array(collector.counts));
  return { lines, sent, sink, collector };
}

describe("safeSink", () => {
  it("says once that a sink threw, and goes on", async () => {
    const warnings: string[] = [];
    const listen = (warning: Error) => warnings.push(warning.message);
    process.on("warning", listen);
    let calls = 0;
    const sink = safeSink(() => {
      calls++;
      throw new Error("no more room");
    });
    for (let i = 0; i < 3; i++) sink(record("A"));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    assert.equal(calls, 3);
    assert.deepEqual(warnings, ["the function that takes audit records threw: no more room"]);
  });
});

describe("Coalescer and AuditCollector", () => {
  it("pass records on in order", () => {
    const { lines, sink } = pair();
    for (const name of ["A", "B", "C"]) sink(record(name));
    sink(record("A", "allow"));
    assert.deepEqual(
      lines.map(({ target, verdict }) => `${verdict} ${target}`),
      ["deny variable A", "deny variable B", "deny variable C", "allow variable A"],
    );
  });

  it("count what is the same, and lose none of it", () => {
    const { lines, sink, collector } = pair();
    for (let i = 0; i < 12_345; i++) sink(record("A"));
    sink(record("B"));
    collector.end();
    assert.deepEqual(
      lines.map(({ target, repeated }) => [target, repeated]),
      [
        ["variable A", undefined],
        ["variable A", 10],
        ["variable A", 90],
        ["variable A", 900],
        ["variable A", 9000],
        ["variable B", undefined],
        ["variable A", 2344],
      ],
    );
  });

  it("are bounded, whatever a module makes up", () => {
    const { lines, sent, sink, collector } = pair();
    const made = 100_000;
    for (let i = 0; i < made; i++) sink(record(`V${i}`));
    collector.end();
    assert.ok(sent.length < 4200, `${sent.length}`);
    const counted = lines.reduce((sum, { repeated }) => sum + (repeated ?? 1), 0);
    assert.equal(counted, made);
    const others = lines.filter(({ use }) => use.kind === "others");
    assert.deepEqual(others[0]?.use, { kind: "others", of: "environment" });
    assert.ok(lines.length < 4200);
  });

  it("tell what was counted when the Worker is gone without a word", () => {
    const { lines, sink, collector } = pair();
    for (let i = 0; i < 4; i++) sink(record("A"));
    assert.equal(lines.length, 1);
    collector.end();
    assert.equal(lines[1]?.repeated, 3);
    assert.equal(collector.counts.byteLength, AUDIT_COUNTS);
  });
});
