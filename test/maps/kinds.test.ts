import assert from "node:assert/strict";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, root, wbpf } from "../support/wbpf.js";

const folder = join(root, "test/fixtures/maps/kinds");
const module = join(folder, "build/kinds.wasm");

/** What a module that guesses descriptors is told, map by map. */
const REFUSALS = [
  ["jumps", "its values are programs; call map_update_program"],
  ["array_of_maps", "its values are maps; call map_update_map"],
  ["hash_of_maps", "its values are maps; call map_update_map"],
  ["cgroups", "its values are cgroups; call map_update_cgroup"],
  ["perf", "its values are perf events; buffer_open fills it"],
  ["sockets", "its values are sockets, which only BPF programs can add"],
  ["xsks", "its values are sockets of the host, which a module has none of"],
  ["devices_by_key", "its values name programs; call map_update_redirect"],
  ["cpus", "its values name programs; call map_update_redirect"],
  [
    "tasks",
    "its keys are processes; call map_storage_lookup, _update or _delete with a process id",
  ],
] as const;

kernelSuite("every kind of map, from a module", function () {
  this.timeout(process.env.WBPF_TEST_BUILT ? 600_000 : 180_000);
  before(() => build(folder));

  it("shows the kernel what the module stored, and the module what the kernel left", async () => {
    const { code, stdout, stderr } = await wbpf(["run", module]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual(lines, [
      // hash 42, LRU hash 3, array 9, LPM 8, per-CPU hash 1; XDP_PASS is 2.
      "look 2 108090342",
      "per-cpu 7 array 10",
      // The hash no longer has it; the array was counted up.
      "taken 42 left false",
      "look 2 108100300",
      // The first in, the last in, and a member of the bloom filter.
      "queues 2 11311",
      "peek 12 queue 12 13 77 ENOENT stack 12 11",
      // A tail call into a program that returns XDP_DROP, 1.
      "jump 2 0 0 1 4711",
      "unjump 0 2 0 beyond -7",
      "nested 0 0 2 403",
      "ids true 0",
      "wrong EINVAL EINVAL",
      // XDP_ABORTED, 0, until the map says where to: XDP_REDIRECT, 4.
      "redirect 0 403 0 4 403",
      "by key 0 403 0 4 403 1",
      "cpu 0 403 0 4 403 64",
      "no room EINVAL",
      // Under the cgroup, and 6 in the task's own storage, which the program counts up.
      "tasks 0 0",
      "tasks 0 0 0 601",
      lines[17],
      "no cgroup ENOENT cannot open cgroup '/nowhere': no such file or directory (ENOENT)",
      "a file EINVAL '/' is not a cgroup (EINVAL)",
      "lock 21 true EINVAL",
      "freeze 0 EPERM map_update on map 'array': it is frozen, or its flags keep it from being read or written (EPERM)",
    ]);
    assert.match(
      lines[17] ?? "",
      /^task 7 0 ENOENT \S+.* cannot reach process 1073741808: there is none with that id \(ESRCH\)$/,
    );
  });

  it("reads, stores and deletes many elements at once, whatever goes meanwhile", async () => {
    const { code, stdout, stderr } = await wbpf(["run", module, "--batch"]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual(lines, [
      "stored 50 there 98",
      "again EEXIST after 0",
      "walked true twice 0 missed 0 error 0",
      "left true",
      "taken 50 error 0 left true",
      "deleted 20 then ENOENT after 0",
      // A DEVMAP_HASH has no batches: the keys 30 to 33, each with interface 1.
      "one by one 126 rounds 2 error 0",
      "deleted ENOENT after 1",
      "stored 1",
      // The second half of the value would be a program's descriptor.
      "a program EPERM after 0",
      "a map EPERM",
      lines[11],
      "per-cpu false 0",
    ]);
    assert.match(lines[11] ?? "", /^removed 4 error 0 /);
  });

  it("sends records to a program through a user ring buffer", async () => {
    const { code, stdout, stderr } = await wbpf(["run", module, "--write"]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      "none EINVAL nothing was reserved in orders",
      // 1, 2 and 4, thousands, and their squares; the third was taken back.
      "drained 2 7021 of 3",
      // 16 bytes a record, of 4096.
      "full ENOSPC after 256 late ENOSPC",
      "drained 2 256000 of 256 again 0",
      "one more 2 1000",
    ]);
  });

  it("never takes a module's number for a file descriptor of the host", async () => {
    const { code, stdout, stderr } = await wbpf(["run", module, "--hostile"]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, REFUSALS.length);
    REFUSALS.forEach(([map, why], i) => {
      const line = lines[i] ?? "";
      assert.ok(line.startsWith(`${map} allowed 0 other 0: `), line);
      assert.ok(line.endsWith(`on map '${map}': ${why} (EPERM)`), line);
    });
  });
});
