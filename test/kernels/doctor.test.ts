import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, cli, root, wbpf } from "../support/wbpf.js";

const bootstrap = join(root, "examples/bootstrap");
const refused = join(root, "test/fixtures/bad/refused");

interface Finding {
  readonly name: string;
  readonly answer: { readonly state: string; readonly why?: string; readonly remedy?: string };
}
type Report = Record<string, readonly Finding[]> & { readonly kernel: string };

/** What is known of kernels that the tests run on: Debian's have everything of their release, and what is newer they cannot have. */
const KNOWN: readonly (readonly [RegExp, Readonly<Record<string, readonly string[]>>])[] = [
  [
    /^6\.1\..*-amd64$/,
    {
      yes: ["kprobe", "ksyscall", "fentry", "fexit", "fmod_ret", "lsm", "lsm_cgroup", "xdp", "tc"],
      no: ["uprobe.multi", "tcx", "netfilter", "arena", "cgrp_storage"],
    },
  ],
  [
    /^6\.12\..*-amd64$/,
    {
      yes: ["kprobe", "kprobe.multi", "fentry", "lsm", "tcx", "netfilter", "arena", "cgrp_storage"],
      no: [],
    },
  ],
];

kernelSuite("wbpf doctor", () => {
  let folder: string;
  before(async () => {
    await build(bootstrap);
    await build(refused);
    folder = mkdtempSync(join(tmpdir(), "wbpf-doctor-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("asks the kernel about everything, and gives a reason for what it lacks", async () => {
    const ended = await wbpf(["doctor", "--json"]);
    assert.equal(ended.code, 0, ended.stderr);
    const report = JSON.parse(ended.stdout) as Report;
    assert.equal(report.kernel, release());
    const areas = ["system", "capabilities", "attachKinds", "programTypes", "mapTypes"];
    for (const area of areas) {
      assert.ok(report[area] && report[area].length >= 5, area);
      for (const { name, answer } of report[area]) {
        assert.ok(["yes", "no", "unknown"].includes(answer.state), name);
        if (answer.state !== "yes") assert.ok(answer.why, `${name} has a reason`);
      }
    }
    const all = areas.flatMap((area) => report[area] ?? []);
    const state = (name: string) => all.find((entry) => entry.name === name)?.answer.state;
    for (const name of ["tracepoint", "tp_btf", "uprobe", "ringbuf", "BTF of the kernel"]) {
      assert.equal(state(name), "yes", name);
    }
    const known = KNOWN.find(([pattern]) => pattern.test(release()))?.[1] ?? {};
    for (const [expected, names] of Object.entries(known)) {
      for (const name of names) assert.equal(state(name), expected, name);
    }
  });

  it("prints a table for people", async () => {
    const ended = await wbpf(["doctor"]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /^Linux \S+ on \S+, Node\.js \S+, root\n/);
    assert.match(ended.stdout, /^ {2}yes {2}tracepoint$/m);
    assert.match(ended.stdout, /^Map types, \d+ of \d+$/m);
  });

  it("says that a module will run here", async () => {
    const ended = await wbpf(["doctor", join(bootstrap, "build/bootstrap.wasm")]);
    assert.equal(ended.code, 0, ended.stdout);
    assert.match(ended.stdout, /handle_exec +tp\/sched\/sched_process_exec/);
    assert.match(ended.stdout, /\nbootstrap\.wasm will run here\.\n$/);
  });

  it("says why a module will not run here, with exit code 1", async () => {
    const ended = await wbpf(["doctor", join(refused, "build/refused.wasm")]);
    assert.equal(ended.code, 1, ended.stderr);
    assert.match(ended.stdout, / {2}no {3}object refused .*verifier refused program 'unchecked'/);
    assert.match(ended.stdout, /refused\.wasm will not run here/);
    const json = await wbpf(["doctor", "--json", join(refused, "build/refused.wasm")]);
    assert.equal(json.code, 1, json.stderr);
    assert.equal((JSON.parse(json.stdout) as { runs: string }).runs, "no");
  });

  it("refuses in a sentence what is no module, and what is not there", async () => {
    const text = join(folder, "text.wasm");
    writeFileSync(text, "not Wasm");
    const ended = await wbpf(["doctor", text]);
    assert.equal(ended.code, 1);
    assert.match(ended.stdout, /no {3}module {2}it is not a Wasm module/);
    const nowhere = await wbpf(["doctor", join(folder, "nowhere.wasm")]);
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /^wbpf: cannot read .*nowhere\.wasm: there is no such file\n$/);
  });

  it("tells a user without privileges that it may not find out", function () {
    const module = join(folder, "bootstrap.wasm");
    copyFileSync(join(bootstrap, "build/bootstrap.wasm"), module);
    spawnSync("chmod", ["-R", "a+rX", folder]);
    const asNobody = (...args: string[]) =>
      spawnSync(
        "setpriv",
        ["--reuid=65534", "--clear-groups", process.execPath, cli, "doctor", ...args],
        { encoding: "utf8" },
      );
    // A clone in a home folder that nobody else may enter says nothing about the doctor.
    if (asNobody("--help").status !== 0) this.skip();
    const everything = asNobody();
    assert.equal(everything.status, 0, everything.stderr);
    assert.match(everything.stdout, /\? {4}kprobe +this process lacks CAP_BPF/);
    const verdict = asNobody(module);
    assert.equal(verdict.status, 1, verdict.stderr);
    assert.match(verdict.stdout, /may not find out whether it will run here\.\n$/);
    assert.doesNotMatch(verdict.stdout + verdict.stderr, /\n\s+at /);
  });
});
