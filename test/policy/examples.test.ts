import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, root, start, wbpf } from "../support/wbpf.js";

/** Arguments by which each example ends by itself. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  bootstrap: ["--duration", "1"],
  execve: ["--duration", "1"],
  opensnoop: ["--duration", "1"],
  profile: ["--duration", "1"],
  runqlat: ["--duration", "1"],
};

const examples = readdirSync(join(root, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
  .map(({ name }) => name);
const places = (name: string) => ({
  folder: join(root, "examples", name),
  wasm: join(root, "examples", name, "build", `${name}.wasm`),
  policy: join(root, "examples", name, `${name}.policy.yaml`),
});

describe("the policy that an example ships", function () {
  this.timeout(300_000);
  for (const name of examples) {
    it(`is the least that ${name} needs`, async () => {
      const { folder, wasm, policy } = places(name);
      await build(folder);
      const { code, stdout, stderr } = await wbpf(["policy", "generate", wasm]);
      assert.equal(code, 0, stderr);
      assert.equal(
        stdout,
        readFileSync(policy, "utf8"),
        `wbpf policy generate ${wasm} -o ${policy} makes it anew`,
      );
    });
  }
});

kernelSuite("an example under its policy", function () {
  this.timeout(300_000);
  for (const name of examples) {
    it(`runs: ${name}`, async () => {
      const { folder, wasm, policy } = places(name);
      await build(folder);
      const tool = start(["run", "--policy", policy, wasm, ...(ARGUMENTS[name] ?? [])]);
      const { code, stderr } = await tool.ended;
      assert.equal(code, 0, stderr);
    });
  }

  it("names the functions of the kernel and of a process: profile", async () => {
    const { folder, wasm, policy } = places("profile");
    await build(folder);
    const temporary = mkdtempSync(join(tmpdir(), "wbpf-profile-"));
    const busy = join(temporary, "busy");
    writeFileSync(
      `${busy}.c`,
      `#include <unistd.h>
       __attribute__((noinline)) long keeps_busy(long n) { for (volatile long i = 0; i < 200000; i++) n += i; for (volatile long i = 0; i < 1000; i++) n += getppid(); return n; }
       int main(void) { for (long n = 0;; n = keeps_busy(n)); }`,
    );
    execFileSync("gcc", ["-O1", "-fno-omit-frame-pointer", "-o", busy, `${busy}.c`]);
    const worker = spawn(busy, { stdio: "ignore" });
    try {
      const options = ["--duration", "3", "--frequency", "99", "--pid", String(worker.pid)];
      const { code, stdout, stderr } = await wbpf(["run", "--policy", policy, wasm, ...options]);
      assert.equal(code, 0, stderr);
      const stacks = stdout.trimEnd().split("\n");
      // Which of the two a sample finds is chance: a system call that is short, or what is around it.
      for (const frame of [/^busy;(?:.*;)?keeps_busy[; ]/, /_\[k\]/]) {
        assert.ok(
          stacks.some((stack) => frame.test(stack)),
          `${frame}: ${stdout}${stderr}`,
        );
      }
    } finally {
      worker.kill();
      rmSync(temporary, { recursive: true });
    }
  });

  it("is refused without one, and told what it would need and how to grant it", async () => {
    const { folder, wasm, policy } = places("bootstrap");
    await build(folder);
    // No flag that grants anything, but one that is about policies.
    const { code, stdout, stderr } = await wbpf(["run", "--mode", "enforce", wasm]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /imports '[\w.]+', which needs|denied/);
    const bare = await start(["run", wasm], { bare: true }).ended;
    assert.equal(bare.code, 1);
    assert.match(
      bare.stderr,
      /^wbpf: bootstrap\.wasm needs a policy: without one it may only print/,
    );
    assert.ok(bare.stderr.includes(readFileSync(policy, "utf8")));
    assert.ok(bare.stderr.includes(`wbpf run --policy bootstrap.policy.yaml ${wasm}`));
    assert.ok(bare.stderr.includes(`wbpf run --allow-all ${wasm}`));
  });
});
