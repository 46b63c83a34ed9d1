import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { temporaryFolder } from "../../testing/built.js";
import { AuditFile } from "./file.js";
import { auditLine } from "./line.js";
import type { AuditRecord } from "./record.js";

const record = (path: string): AuditRecord => ({
  time: "2026-01-02T03:04:05.678Z",
  module: "0".repeat(64),
  name: "tool.wasm",
  call: "user_symbols",
  use: { kind: "symbols", path },
  target: `symbols of ${path}`,
  rule: "host.symbols",
  verdict: "deny",
});

describe("auditLine", () => {
  it("is the record as JSON, on one line", () => {
    const line = auditLine(record("/bin/sh"));
    assert.equal(line.indexOf("\n"), line.length - 1);
    assert.deepEqual(JSON.parse(line), record("/bin/sh"));
  });

  it("escapes what a terminal would obey, and stays the same JSON", () => {
    const evil = "\u001b[2J\n\r\u0007\u007f\u009b31m\u2028\u202eexe.\u200bx";
    const line = auditLine(record(evil));
    assert.match(line, /^[\x20-\x7e]+\n$/);
    assert.deepEqual(JSON.parse(line), record(evil));
  });

  it("never takes more than a pipe takes at once", () => {
    for (const text of [
      "x".repeat(100_000),
      "€".repeat(5000),
      "\u0000".repeat(5000),
      "\u{1f600}".repeat(3000),
    ]) {
      const line = auditLine(record(text));
      assert.ok(Buffer.byteLength(line) <= 4096);
      assert.equal(JSON.parse(line).call, "user_symbols");
    }
  });
});

describe("AuditFile", () => {
  const { path } = temporaryFolder();
  const silent = () => assert.fail("nothing is lost here");

  it("appends to a file that only its owner can read", () => {
    for (let i = 0; i < 2; i++) {
      const file = new AuditFile(path("audit.jsonl"), silent);
      file.sink(record(`/bin/${i}`));
      file.close();
    }
    assert.equal(statSync(path("audit.jsonl")).mode & 0o777, 0o600);
    const lines = readFileSync(path("audit.jsonl"), "utf8").trim().split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).use.path),
      ["/bin/0", "/bin/1"],
    );
  });

  it("says once that the disk is full, and goes on", () => {
    const said: string[] = [];
    const file = new AuditFile("/dev/full", (sentence) => said.push(sentence));
    for (let i = 0; i < 5; i++) file.sink(record("/bin/sh"));
    file.close();
    assert.deepEqual(said, [
      "an audit record could not be written to '/dev/full': no space is left; the module goes on",
      "5 records could not be written to '/dev/full'",
    ]);
  });

  it("never waits for a reader that stalls, or is gone", async () => {
    execFileSync("mkfifo", [path("fifo")]);
    assert.throws(() => new AuditFile(path("fifo"), silent), {
      name: "UsageError",
      message: /^the audit log '.*fifo' cannot be opened: nobody reads it$/,
    });
    const reader = spawn("sh", ["-c", `exec < '${path("fifo")}'; echo open; sleep 60`]);
    const said: string[] = [];
    let file: AuditFile | undefined;
    while (file === undefined) {
      try {
        file = new AuditFile(path("fifo"), (sentence) => said.push(sentence));
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    for (let i = 0; i < 1000; i++) file.sink(record("/bin/sh"));
    assert.match(said[0] ?? "", /its reader does not keep up; the module goes on$/);
    reader.kill("SIGKILL");
    await once(reader, "exit");
    file.sink(record("/bin/sh"));
    file.close();
    assert.equal(said.length, 2);
  });

  it("says in one sentence why it cannot be opened", () => {
    for (const [bad, why] of [
      ["/nowhere/audit", "there is no such folder"],
      ["/tmp", "it is a folder"],
    ] as const) {
      assert.throws(() => new AuditFile(bad, silent), {
        code: "USAGE",
        message: `the audit log '${bad}' cannot be opened: ${why}`,
      });
    }
  });
});
