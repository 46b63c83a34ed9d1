import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atLeast, guest } from "../attach/support/tool.js";
import { kernelSuite } from "../support/kernel.js";
import { build, type Process, root, start } from "../support/wbpf.js";

const folder = join(root, "test/fixtures/maps/storage");
const module = join(folder, "build/storage.wasm");

kernelSuite("values that belong to files and cgroups, from a module", function () {
  this.timeout(process.env.WBPF_TEST_BUILT ? 600_000 : 180_000);
  let place: string;
  before(async () => {
    await build(folder);
    place = mkdtempSync(join(tmpdir(), "wbpf-storage-"));
  });
  after(() => rmSync(place, { recursive: true }));

  const follow = (of: string, path: string): Process =>
    start(["run", module, "--of", of, "--path", path, "--pid", String(process.pid)], {
      limitMs: 120_000,
    });

  /** The module's lines; the second last has what the program counted. */
  async function finish(tool: Process): Promise<number> {
    const { code, stdout, stderr } = await tool.stop();
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const [nothing, ready, counted = "", deleted] = stdout.trimEnd().split("\n");
    assert.deepEqual([nothing, ready], ["nothing ENOENT", "ready"]);
    assert.equal(deleted, "deleted 0 then ENOENT");
    return Number(/^counted (\d+)$/.exec(counted)?.[1]);
  }

  it("inode storage: an LSM program counts how often a file is opened", async function () {
    const path = join(place, "file");
    writeFileSync(path, "");
    const tool = follow("file", path);
    if (!guest) {
      const ended = await Promise.race([tool.printed(/^ready$/m).catch(() => {}), tool.ended]);
      // Some kernels refuse LSM programs, or have no such maps; Debian's may not.
      if (ended !== undefined && "stderr" in ended) {
        assert.match(
          ended.stderr,
          /^cannot load BPF object 'storage': .*(inode_storage|lsm).*\(E\w+\)$/im,
        );
        this.skip();
      }
    }
    await tool.printed(/^ready$/m);
    for (let i = 0; i < 7; i++) closeSync(openSync(path, "r"));
    closeSync(openSync(join(place, "file2"), "w"));
    assert.equal(await finish(tool), 7);
  });

  it("cgroup storage: a program counts the system calls of a cgroup's processes", async function () {
    const mounts = readFileSync("/proc/self/mounts", "utf8");
    const mount = /^\S+ (\S+) cgroup2 /m.exec(mounts)?.[1] ?? "";
    const own = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/";
    const tool = follow("cgroup", join(mount, own));
    if (!atLeast("6.2")) {
      const ended = await tool.ended;
      assert.match(ended.stderr, /^cannot load BPF object 'storage': .*(6\.2|cgrp_storage)/m);
      this.skip();
    }
    await tool.printed(/^ready$/m);
    for (let i = 0; i < 50; i++) process.getegid?.();
    const calls = await finish(tool);
    assert.ok(calls >= 50, `${calls} calls`);
  });
});
