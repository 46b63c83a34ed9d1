import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, type Process, root, start, wbpf } from "../support/wbpf.js";

const folder = join(root, "examples/bootstrap");
const wasm = join(folder, "build/bootstrap.wasm");
const emulated = process.env.WBPF_TEST_BUILT !== undefined;

/** One line of bootstrap's output. */
interface Line {
  readonly what: string;
  readonly comm: string;
  readonly pid: number;
  readonly ppid: number;
  readonly rest: string;
}

function parse(stdout: string): Line[] {
  return stdout
    .split("\n")
    .map((line) => /^\d\d:\d\d:\d\d (EXEC|EXIT) (.{16}) +(\d+) +(\d+) (.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, what, comm, pid, ppid, rest]) => ({
      what: what as string,
      comm: (comm as string).trimEnd(),
      pid: Number(pid),
      ppid: Number(ppid),
      rest: rest as string,
    }));
}

kernelSuite("examples/bootstrap on the kernel", () => {
  let bin: string;
  let serial = 0;
  before(async () => {
    await build(folder);
    bin = mkdtempSync(join(tmpdir(), "wbpf-"));
  });
  after(() => rmSync(bin, { recursive: true }));

  /** A program under a name that no other process of this machine has. */
  function program(source: string): { path: string; comm: string } {
    const comm = `wb${process.pid % 100_000}x${serial++}`;
    const path = join(bin, comm);
    copyFileSync(source, path);
    return { path, comm };
  }

  async function watch(args: string[], body: (tool: Process) => void): Promise<Line[]> {
    const tool = start(["run", wasm, ...args]);
    await tool.printed(/TIME/);
    // The programs are attached before the heading is printed, so nothing that runs now is missed.
    body(tool);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ended = await tool.stop();
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(ended.stderr, "");
    return parse(ended.stdout);
  }

  it("prints exactly the exec and exit of each known command", async () => {
    const sleep = program("/bin/sleep");
    const shell = program("/bin/sh");
    const pids: number[] = [];
    const lines = await watch([], () => {
      pids.push(spawnSync(sleep.path, ["0.2"]).pid);
      pids.push(spawnSync(shell.path, ["-c", "exit 7"]).pid);
      pids.push(spawnSync(shell.path, ["-c", "kill -9 $$"]).pid);
    });
    const seen = lines.filter((line) => line.comm === sleep.comm || line.comm === shell.comm);
    assert.deepEqual(
      seen.map(({ what, pid, comm }) => [what, pid, comm]),
      [
        ["EXEC", pids[0], sleep.comm],
        ["EXIT", pids[0], sleep.comm],
        ["EXEC", pids[1], shell.comm],
        ["EXIT", pids[1], shell.comm],
        ["EXEC", pids[2], shell.comm],
        ["EXIT", pids[2], shell.comm],
      ],
    );
    for (const line of seen) assert.equal(line.ppid, process.pid, "the parent is this test");
    assert.equal(seen[0]?.rest, sleep.path);
    assert.equal(seen[2]?.rest, shell.path);
    const [, code, ms] = /^\[(\d+)\] \((\d+) ms\)$/.exec(seen[1]?.rest ?? "") ?? [];
    assert.equal(code, "0");
    assert.ok(Number(ms) >= 200 && Number(ms) < 5_000, `slept 200 ms, seen as ${ms} ms`);
    assert.match(seen[3]?.rest ?? "", /^\[7\]/);
    assert.match(seen[5]?.rest ?? "", /^\[signal 9\]/);
  });

  it("leaves out what lived for less than --min-duration-ms", async () => {
    const sleep = program("/bin/sleep");
    const pids: number[] = [];
    const lines = await watch(["--min-duration-ms", "400"], () => {
      pids.push(spawnSync(sleep.path, ["0.05"]).pid, spawnSync(sleep.path, ["0.6"]).pid);
    });
    const seen = lines.filter((line) => line.comm === sleep.comm);
    assert.deepEqual(
      seen.map(({ what, pid }) => [what, pid]),
      [["EXIT", pids[1]]],
    );
  });

  it("ends by itself after --duration", async () => {
    const started = Date.now();
    // An emulated kernel starts a process in seconds, or in a minute where others use its processor too: only that it ends by itself is seen there.
    const ended = await wbpf(["run", wasm, "--duration", "1"], {
      limitMs: emulated ? 240_000 : 40_000,
    });
    assert.equal(ended.code, 0, ended.stderr);
    assert.ok(Date.now() - started >= 1_000);
  });

  it("is small: at most 8 KB without the object that it carries", () => {
    const object = statSync(join(folder, "build/bootstrap.bpf.o")).size;
    assert.ok(statSync(wasm).size - object <= 8_000);
  });

  it("answers --help, and refuses what it does not know with exit code 2", async () => {
    const help = await wbpf(["run", wasm, "--help"]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /^usage: bootstrap/);
    for (const [args, text] of [
      [["--min-duration-ms", "ten"], /--min-duration-ms wants a whole number, not 'ten'/],
      [["--min-duration-ms"], /--min-duration-ms needs a value/],
      [["--min-duration-ms", "18446744073709551616"], /wants a whole number/],
      [["--nonsense"], /unknown option --nonsense/],
    ] as const) {
      const ended = await wbpf(["run", wasm, ...args]);
      assert.equal(ended.code, 2, ended.stderr);
      assert.match(ended.stderr, text);
      assert.doesNotMatch(ended.stderr, /\n\s+at /);
    }
  });
});
