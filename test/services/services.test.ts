import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, root, wbpf } from "../support/wbpf.js";

const wasm = join(root, "test/fixtures/services/build/services.wasm");

kernelSuite("what the host tells of addresses, and takes as measurements", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "wbpf-services-"));
  const program = join(folder, "program");
  const log = join(folder, "audit.jsonl");
  const prom = join(folder, "tool.prom");
  let child: ChildProcess;
  let args: string[];

  before(async () => {
    await build(join(root, "test/fixtures/services"));
    const source = join(folder, "program.c");
    writeFileSync(
      source,
      `#include <stdio.h>
       #include <unistd.h>
       __attribute__((noinline)) int a_known_function(int n) { return n * 3 + getpid(); }
       int main(int argc, char **argv) { printf("%lu\\n", (unsigned long)a_known_function); fflush(stdout); return pause() + a_known_function(argc); }`,
    );
    execFileSync("gcc", ["-O1", "-o", program, source]);
    child = spawn(program, { stdio: ["ignore", "pipe", "ignore"] });
    const [address] = await once(child.stdout as NodeJS.ReadableStream, "data");
    const line = readFileSync("/proc/kallsyms", "utf8")
      .split("\n")
      .find((text) => / T schedule$/.test(text));
    const kernel = BigInt(`0x${line?.split(" ")[0]}`) + 7n;
    args = [
      "--pid",
      String(child.pid),
      "--address",
      String(BigInt(String(address).trim()) + 1n),
      "--kernel",
      String(kernel),
    ];
  });
  after(() => {
    child.kill();
    rmSync(folder, { recursive: true });
  });

  const granted = [
    ...["--allow", "kallsyms", "--allow", `symbols=${program}`, "--allow", "metrics"],
    ...["--allow", "arguments"],
  ];

  it("with a grant of each, all", async () => {
    const { code, stdout, stderr } = await wbpf([
      "run",
      ...granted,
      "--metrics",
      prom,
      wasm,
      ...args,
    ]);
    assert.equal(
      stdout,
      [
        "kernel: schedule+0x7 ",
        "many: schedule+0x7 ",
        `user: a_known_function+0x1 ${program}`,
        "nobody: -3 there is no process 134217727, or it has ended",
        "metrics: 0 ",
        "",
      ].join("\n"),
      stderr,
    );
    assert.equal(code, 0);
    assert.equal(
      readFileSync(prom, "utf8"),
      [
        "# HELP services_total Things.",
        "# TYPE services_total counter",
        'services_total{kind="ä \\"b\\""} 3',
        "# TYPE services_level gauge",
        "services_level -1.5",
        "# TYPE services_seconds histogram",
        'services_seconds_bucket{le="1"} 0',
        'services_seconds_bucket{le="2"} 2',
        'services_seconds_bucket{le="+Inf"} 2',
        "services_seconds_sum 3",
        "services_seconds_count 2",
        "",
      ].join("\n"),
    );
  });

  it("of a binary that is not granted, nothing, with an audit record", async () => {
    const others = granted.map((flag) =>
      flag.startsWith("symbols=") ? "symbols=/usr/bin/*" : flag,
    );
    const { stdout } = await wbpf(["run", ...others, "--audit", log, wasm, ...args]);
    assert.match(
      stdout,
      /^user: -1 user_symbols: denied by .*the symbols of .*program are not among those granted/m,
    );
    const records = readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const [denied] = records.filter(({ verdict }) => verdict === "deny");
    assert.deepEqual(
      [denied.call, denied.use],
      ["user_symbols", { kind: "symbols", path: program }],
    );
  });

  it("without a grant, no module that asks for it runs, and one sentence says why", async () => {
    for (const [left, place] of [
      ["kallsyms", "host.kallsyms"],
      [`symbols=${program}`, "host.symbols"],
      ["metrics", "host.metrics"],
    ] as const) {
      const rest = granted.filter((flag, i) => flag !== left && granted[i + 1] !== left);
      const { code, stderr, stdout } = await wbpf(["run", ...rest, wasm, ...args]);
      assert.equal(code, 1);
      assert.equal(stdout, "");
      assert.match(stderr, new RegExp(`^wbpf: .*needs? .*${place}`), left);
    }
  });
});
