import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guestSuite } from "./available.js";
import { Kernel } from "./kernel.js";

/** Emulation on a machine that does other things as well. */
const SLOW_MS = 180_000;

guestSuite("6.1", "a command in a guest with kernel 6.1", function () {
  this.timeout(SLOW_MS);
  let kernel: Kernel;
  let folder: string;
  before(() => {
    kernel = new Kernel("6.1");
    folder = mkdtempSync(join(tmpdir(), "wbpf-guest-"));
    writeFileSync(join(folder, "from-host"), "seen\n");
  });
  after(async () => {
    await kernel.close();
    rmSync(folder, { recursive: true });
  });

  it("runs in that kernel, as root", async () => {
    const { code, stdout } = await kernel.run(["sh", "-c", "uname -r; id -u"]);
    assert.equal(code, 0);
    assert.match(stdout, /^6\.1\.\S+\n0\n$/);
  });

  it("gives back exit code, stdout and stderr, byte for byte and apart", async () => {
    const source = "printf 'a\\n\\nb'; printf 'x\\n\\n' >&2; exit 7";
    const ended = await kernel.run(["sh", "-c", source]);
    assert.deepEqual(ended, { code: 7, stdout: "a\n\nb", stderr: "x\n\n" });
    const silent = await kernel.run(["true"]);
    assert.deepEqual(silent, { code: 0, stdout: "", stderr: "" });
    const killed = await kernel.run(["sh", "-c", "kill -9 $$"]);
    assert.equal(killed.code, 137);
  });

  it("hands on more than a pipe holds", async () => {
    const { stdout } = await kernel.run(["seq", "100000"]);
    assert.equal(stdout.length, 588_895);
    assert.ok(stdout.endsWith("\n100000\n"));
  });

  it("sees the host's files and environment as it was told, and leaves the host's alone", async () => {
    const source = 'cat from-host; echo "$WORD"; echo changed >from-host; touch from-guest';
    const ended = await kernel.run(["sh", "-c", source], { cwd: folder, env: { WORD: "it's" } });
    assert.deepEqual(ended, { code: 0, stdout: "seen\nit's\n", stderr: "" });
    assert.deepEqual(readdirSync(folder), ["from-host"]);
    const missing = await kernel.run(["true"], { cwd: join(folder, "nowhere") });
    assert.equal(missing.code, 126);
  });

  it("does not wait for what a command leaves behind", async () => {
    const started = Date.now();
    const { code, stdout } = await kernel.run(["sh", "-c", "sleep 100 & echo done"]);
    assert.deepEqual([code, stdout], [0, "done\n"]);
    assert.ok(Date.now() - started < 30_000);
  });

  it("has BTF, tracefs, bpffs and cgroup v2", async () => {
    const places = [
      "/sys/kernel/btf/vmlinux",
      "/sys/kernel/tracing/events/sched",
      "/sys/fs/cgroup/cgroup.controllers",
    ];
    const { code, stderr } = await kernel.run(["ls", ...places]);
    assert.equal(code, 0, stderr);
    const { stdout } = await kernel.run(["stat", "-f", "-c", "%T", "/sys/fs/bpf"]);
    assert.equal(stdout, "bpf_fs\n");
  });

  it("says when the time is over, and what was printed until then; the next command gets a fresh guest", async () => {
    const late = await kernel.run(["sh", "-c", "touch /tmp/left; echo before; sleep 100"], {
      timeoutMs: 3_000,
    });
    assert.deepEqual([late.code, late.stdout], [undefined, "before\n"]);
    const next = await kernel.run(["ls", "/tmp/left"]);
    assert.equal(next.code, 2);
  });

  it("fails with the kernel's last words when the guest dies", async () => {
    const died = kernel.run(["sh", "-c", "echo c >/proc/sysrq-trigger"]);
    await assert.rejects(died, (error: Error) => {
      assert.equal(error.name, "GuestDied");
      assert.match(error.message, /panic/i);
      return true;
    });
    assert.ok(existsSync(folder));
  });
});
