import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { temporaryFolder, Wbpf, wbpf } from "../testing/built.js";
import { compileGuest } from "../testing/guest.js";
import { buildWasm, ENDLESS } from "../testing/wasm-builder.js";

describe("wbpf run --audit", () => {
  const { put, path } = temporaryFolder();
  let loop: string;
  let policy: string;
  before(() => {
    loop = put("loop.wasm", buildWasm({ start: ENDLESS }));
    policy = put("loop.policy.yaml", "version: 1\nlimits:\n  cpu: 100ms\n");
  });

  it("writes records to a file, and the exit code tells a limit", async () => {
    const log = path("audit.jsonl");
    const { code, stderr } = await wbpf("run", "--policy", policy, "--audit", log, loop);
    assert.match(
      stderr,
      /^wbpf: loop\.wasm was ended: it has used 1\d\d(\.\d)? ms of CPU time, and limits\.cpu allows 100 ms \(.*loop\.policy\.yaml:3 limits\.cpu\)\n$/,
    );
    assert.equal(code, 152);
    const lines = readFileSync(log, "utf8").trim().split("\n");
    assert.equal(lines.length, 1);
    const { time, module, name, call, use, verdict } = JSON.parse(lines[0] ?? "");
    assert.deepEqual(
      [name, call, use, verdict],
      ["loop.wasm", "run", { kind: "limit", limit: "cpu" }, "deny"],
    );
    assert.match(time, /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.match(module, /^[0-9a-f]{64}$/);
  });

  it("writes them to stderr, and is not stopped by a full disk", async () => {
    const shown = await wbpf("run", "--policy", policy, "--audit", "-", loop);
    assert.match(shown.stderr, /^\{"time":.*"verdict":"deny"\}\nwbpf: loop\.wasm was ended/);
    const full = await wbpf("run", "--policy", policy, "--audit", "/dev/full", loop);
    assert.match(
      full.stderr,
      /^wbpf: an audit record could not be written to '\/dev\/full': no space is left; the module goes on\nwbpf: loop\.wasm was ended/,
    );
    assert.equal(full.code, 152);
    const none = await wbpf("run", "--policy", policy, "--audit", "/nowhere/x", loop);
    assert.equal(
      none.stderr,
      "wbpf: the audit log '/nowhere/x' cannot be opened: there is no such folder\n",
    );
    assert.equal(none.code, 2);
  });

  it("has every record of a module that is ended by SIGTERM", async () => {
    const log = path("term.jsonl");
    const { wasm } = await compileGuest(
      `for (let i = 0; i < 25; i++) print("x"); for (;;) sched_yield();`,
    );
    const file = put("print.wasm", wasm);
    const run = new Wbpf(["run", "--grace", "100", "--audit", log, file]);
    await run.says("xxxx");
    run.child.kill("SIGTERM");
    assert.equal((await run.ended).code, 143);
    const lines = readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const writes = lines.filter(({ call }) => call === "fd_write");
    assert.ok(writes.length >= 1, JSON.stringify(lines));
    assert.ok(lines.every(({ verdict }) => verdict === "allow"));
  });
});
