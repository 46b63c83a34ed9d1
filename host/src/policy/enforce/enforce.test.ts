import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cgroup } from "../../../../test/attach/support/place.js";
import { type Backend, BpfError } from "../../backend/backend.js";
import { type Guest, mapOf, programOf, withGuest } from "../../backend/conformance/guest.js";
import { KernelBackend } from "../../backend/kernel/kernel-backend.js";
import { compileSource } from "../../backend/testing/compile.js";
import { needsKernel } from "../../backend/testing/needs-kernel.js";
import type { AuditRecord } from "../audit/record.js";
import { parsePolicy } from "../file/parse.js";
import { Guard } from "../guard/guard.js";
import { GuardedSession } from "./session.js";

const PRELUDE = `
  #include <linux/bpf.h>
  #include <bpf/bpf_helpers.h>
  #define NOINLINE __attribute__((noinline))
  char LICENSE[] SEC("license") = "GPL";`;

const TOOL = compileSource(
  `${PRELUDE}
  struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 64); __type(key, __u32); __type(value, __u64); } seen SEC(".maps");
  struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
  NOINLINE static long deep(long x) { return bpf_send_signal(x); }
  SEC("raw_tp/sched_switch") int watch(void *ctx) { __u32 k = 0; __u64 v = 1; bpf_map_update_elem(&seen, &k, &v, 0); return 0; }
  SEC("?raw_tp/sched_wakeup") int kill(void *ctx) { return deep(9); }
  SEC("?raw_tp/sched_wakeup") int second(void *ctx) { return bpf_ktime_get_ns() & 1; }
  SEC("?socket") int filter(void *ctx) { return 0; }`,
  "enforced",
);

const WATCH = `
  programs: { allow: [{ type: raw_tracepoint, targets: [sched_switch] }] }
  maps: { types: [hash, ringbuf] }`;

/** A guest of the kernel under a policy, and what was recorded. */
function under(policy: string, body: (guest: Guest, records: AuditRecord[]) => void): void {
  const records: AuditRecord[] = [];
  const guard = new Guard({
    policy: parsePolicy(`version: 1\n${policy.replace(/^ {2}/gm, "")}`, "test.yaml"),
    asks: undefined,
    digest: "0".repeat(64),
    name: "enforced.wasm",
    audit: (record) => records.push(record),
  });
  const kernel = new KernelBackend();
  const backend: Backend = {
    name: "guarded",
    createSession: (options) => new GuardedSession(kernel.createSession(options), guard),
  };
  withGuest(backend, (guest) => body(guest, records));
}

const open = (guest: Guest, bytes = TOOL) => guest.session.openObject(bytes, { name: "tool" });
const denied = (call: () => unknown, message: RegExp) =>
  assert.throws(call, (error) => {
    assert(error instanceof BpfError, String(error));
    assert.match(error.message, message);
    assert.equal(error.code, "EPERM");
    return true;
  });

describe("a module under a policy", () => {
  before(needsKernel);

  it("loads and attaches what is granted, and every use is recorded", () => {
    under(WATCH, (guest, records) => {
      const object = open(guest);
      object.load();
      programOf(object, "watch").attach().destroy();
      assert.deepEqual(
        records.map(({ call, target, verdict }) => [call, target, verdict]),
        [
          ["object_load", "raw_tracepoint program 'watch'", "allow"],
          ["object_load", "helper bpf_map_update_elem", "allow"],
          ["object_load", "hash map 'seen'", "allow"],
          ["object_load", "ringbuf map 'rb'", "allow"],
          ["object_load", "1 programs", "allow"],
          [
            "object_load",
            `${records[5]?.use.kind === "quota" && records[5].use.amount} instructions`,
            "allow",
          ],
          ["object_load", "2 maps", "allow"],
          [
            "object_load",
            `${records[7]?.use.kind === "quota" && records[7].use.amount} mapBytes`,
            "allow",
          ],
          ["program_attach", "raw_tracepoint sched_switch", "allow"],
        ],
      );
    });
  });

  it("is judged by what it loads, not by what it opened", () => {
    under(WATCH, (guest, records) => {
      const object = open(guest);
      programOf(object, "kill").set("autoload", 1);
      denied(() => object.load(), /'kill' could send signals to processes \(bpf_send_signal\)/);
      assert.equal(records.at(-1)?.verdict, "deny");
      programOf(object, "kill").set("autoload", 0);
      object.load();
    });
    under(WATCH, (guest) => {
      const object = open(guest);
      // SEC("raw_tp/…"), and loaded as BPF_PROG_TYPE_SOCKET_FILTER.
      programOf(object, "second").set("autoload", 1);
      programOf(object, "second").set("type", 1);
      denied(
        () => object.load(),
        /program 'second' is of type socket_filter, which is not granted/,
      );
    });
    under(WATCH, (guest) => {
      const object = open(guest);
      mapOf(object, "seen").set("type", 9n);
      denied(() => object.load(), /map 'seen' is of type lru_hash, which is not granted/);
    });
  });

  it("attaches nowhere else, by whichever call", () => {
    under(WATCH, (guest) => {
      const object = open(guest);
      programOf(object, "second").set("autoload", 1);
      object.load();
      const second = programOf(object, "second");
      denied(() => second.attach(), /'sched_wakeup', which is not among the granted targets/);
      denied(
        () => second.attachTo({ kind: "raw-tracepoint", name: "sched_process_exec" }),
        /'sched_process_exec', which is not among/,
      );
      second.attachTo({ kind: "raw-tracepoint", name: "sched_switch" }).destroy();
    });
  });

  it("keeps to its quotas exactly, and gets back what it closed", () => {
    const bytes = (limit: string) =>
      `${WATCH.replace("]", "]").replace("[hash, ringbuf] }", `[hash, ringbuf], maxBytes: ${limit} }`)}`;
    let used = 0;
    under(WATCH, (guest, records) => {
      open(guest).load();
      const quota = records.find(({ use }) => use.kind === "quota" && use.quota === "mapBytes");
      assert(quota?.use.kind === "quota");
      used = quota.use.amount;
    });
    under(bytes(String(used)), (guest) => {
      for (let i = 0; i < 2; i++) {
        const object = open(guest);
        object.load();
        denied(() => open(guest).load(), new RegExp(`${2 * used} bytes of maps, and ${used} are`));
        object.close();
      }
    });
    under(bytes(String(used - 1)), (guest) => {
      denied(() => open(guest).load(), /bytes of maps/);
    });
    under(bytes(String(used)), (guest) => {
      const object = open(guest);
      mapOf(object, "seen").set("maxEntries", 1_000_000n);
      denied(() => object.load(), /bytes of maps/);
    });
  });

  it("asks before it freezes, tests and measures", () => {
    under(WATCH, (guest) => {
      const object = open(guest);
      object.load();
      denied(() => mapOf(object, "seen").freeze(), /maps\.freeze is not granted/);
      denied(() => programOf(object, "watch").testRun(), /programs\.testRun is not granted/);
      denied(() => guest.session.enableStats(), /programs\.stats is not granted/);
    });
  });

  it("sees interfaces by their names, whatever number it gives", () => {
    const policy = `
  programs: { allow: [{ type: raw_tracepoint }, { type: socket_filter, targets: ["eth*"] }] }
  maps: { types: ["*"] }`;
    under(policy, (guest) => {
      const object = open(guest);
      programOf(object, "filter").set("autoload", 1);
      object.load();
      const filter = programOf(object, "filter");
      denied(() => filter.attachTo({ kind: "socket-filter", ifindex: 1 }), /'lo', which is not/);
      denied(() => filter.attachTo({ kind: "socket-filter", ifindex: 0 }), /'any', which is not/);
    });
  });

  it("pins in a folder of its own, by names that do not leave it", () => {
    const policy = `${WATCH}
  pins: { own: ["seen*"], shared: ["/sys/fs/bpf/shared/*"] }`;
    under(policy, (guest) => {
      const object = open(guest);
      object.load();
      const seen = mapOf(object, "seen");
      seen.pin("seen_1");
      seen.unpin("seen_1");
      denied(() => seen.pin("other"), /the pin 'other' is not among those granted/);
      denied(() => seen.pin("../bootstrap/seen"), /leaves the module's folder/);
      denied(() => seen.pin("/sys/fs/bpf/wbpf/other/seen"), /is not among those granted/);
      assert.throws(() => seen.pin("/sys/fs/bpf/shared/../x"), /without '\.', '\.\.'/);
      // The folder itself, where it is not there yet.
      assert.throws(() => seen.pin("."), /without '\.', '\.\.'/);
      assert.throws(
        () => mapOf(open(guest), "seen").reusePin("/sys/fs/bpf/elsewhere"),
        /EPERM|denied/,
      );
    });
  });

  it("opens links that are pinned where it may, and puts programs in them that it may attach there", async () => {
    const sockets = compileSource(
      `${PRELUDE} SEC("cgroup/sock_create") int first(void *ctx) { return 1; }
       SEC("cgroup/sock_create") int second(void *ctx) { return 1; }`,
      "enforced-sockets",
    );
    const policy = (target: string) => `
  programs: { allow: [{ type: cgroup_sock, targets: ["${target}"] }], enforcement: [deny] }
  maps: { types: ["*"] }
  pins: { own: [link], shared: [/sys/fs/bpf/none] }`;
    const cgroup = new Cgroup();
    try {
      under(policy(cgroup.path), (guest, records) => {
        const object = open(guest, sockets);
        object.load();
        const [first, second] = [programOf(object, "first"), programOf(object, "second")];
        const link = first.attachTo({ kind: "cgroup", path: cgroup.path });
        link.update(second);
        assert.equal(records.at(-1)?.call, "link_update");
        assert.equal(records.at(-1)?.target, `cgroup_sock ${cgroup.path}`);
        assert.equal(link.info().programId, second.info().id);
        link.pin("link");
        link.destroy();
        denied(() => guest.session.openLink("other"), /the pin 'other' is not among those granted/);
        denied(() => guest.session.openLink("/sys/fs/bpf/x"), /'\/sys\/fs\/bpf\/x' is not among/);
        assert.throws(() => guest.session.openLink("/sys/fs/bpf/none"), { code: "ENOENT" });
        const opened = guest.session.openLink("link");
        denied(() => opened.update(first), /a place that is known only when it runs/);
        assert.equal(opened.info().programId, second.info().id);
      });
      under(policy("**"), (guest) => {
        const object = open(guest, sockets);
        object.load();
        const opened = guest.session.openLink("link");
        const first = programOf(object, "first");
        opened.update(first);
        assert.equal(opened.info().programId, first.info().id);
        opened.unpin("link");
        opened.destroy();
        assert.throws(() => guest.session.openLink("link"), { code: "ENOENT" });
      });
    } finally {
      await cgroup.close();
    }
  });

  it("attaches to the file that was checked, though a link to it is granted only", () => {
    const folder = mkdtempSync(join(tmpdir(), "wbpf-place-"));
    try {
      const link = join(folder, "granted");
      symlinkSync(process.execPath, link);
      const uprobe = compileSource(
        `${PRELUDE} SEC("uprobe") int probe(void *ctx) { return 0; }`,
        "enforced-uprobe",
      );
      under(`programs: { allow: [{ type: uprobe, targets: ["${folder}/**"] }] }`, (guest) => {
        const object = open(guest, uprobe);
        object.load();
        denied(
          () =>
            programOf(object, "probe").attachTo({ kind: "uprobe", path: link, function: "main" }),
          new RegExp(`'${process.execPath}:main', which is not among`),
        );
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("brings no descriptor along", () => {
    const object = TOOL.slice();
    const at = Buffer.from(object).indexOf(Buffer.from([0x18, 1, 0, 0, 0, 0, 0, 0]));
    object[at + 1] = 0x11;
    under(WATCH, (guest) => {
      denied(
        () => open(guest, object).load(),
        /names a descriptor or a type of the kernel by a number/,
      );
    });
  });

  it("runs everything in audit mode, and tells what would have been denied", () => {
    under("mode: audit", (guest, records) => {
      const object = open(guest);
      object.load();
      programOf(object, "watch").attach().destroy();
      const verdicts = new Set(
        records
          .filter(({ use }) => use.kind !== "quota" && use.kind !== "helper")
          .map(({ verdict }) => verdict),
      );
      assert.deepEqual([...verdicts], ["would-deny"]);
    });
  });
});
