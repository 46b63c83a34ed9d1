import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { kernelSuite } from "../../../test/support/kernel.js";
import { probeAttachKinds } from "./attach.js";
import { ATTACH_KINDS, attachKindOf } from "./attach-kinds.js";
import { helperNames, probeHelper } from "./helpers.js";
import { MAP_TYPES, probeMapType } from "./map-types.js";
import { findMount, mountOf } from "./mounts.js";
import { nativeFeatures } from "./native.js";
import { PROGRAM_TYPES, probeProgramType } from "./program-types.js";

const programType = (name: string) => {
  const found = PROGRAM_TYPES.find((type) => type.name === name);
  assert.ok(found, name);
  return found;
};

describe("the tables of what is probed", () => {
  it("count every type of map and program once, as the kernel numbers them", () => {
    for (const types of [MAP_TYPES, PROGRAM_TYPES]) {
      assert.deepEqual(
        types.map(({ id }) => id),
        types.map((_, i) => i + 1),
      );
      assert.equal(new Set(types.map(({ name }) => name)).size, types.length);
    }
  });

  it("tell from a section how a program is attached", () => {
    const expected: Record<string, string | undefined> = {
      "tp/sched/sched_switch": "tracepoint",
      "raw_tp/sched_switch": "raw tracepoint",
      "raw_tracepoint.w/x": "raw tracepoint",
      kprobe: "kprobe",
      "kretprobe/do_exit": "kretprobe",
      "kprobe.multi/tcp_*": "kprobe.multi",
      "kretprobe.multi": "kprobe.multi",
      "kretsyscall/openat": "ksyscall",
      "uprobe//bin/sh:main": "uprobe",
      "uprobe.s//bin/sh:main": "uprobe",
      "uretprobe.multi//bin/sh:*": "uprobe.multi",
      "fentry.s/do_exit": "fentry",
      "lsm/file_open": "lsm",
      "lsm_cgroup/socket_bind": "lsm_cgroup",
      tc: "tc",
      "tcx/egress": "tcx",
      "xdp.frags": "xdp",
      "cgroup/connect4": "cgroup socket address",
      "cgroup/sock_create": "cgroup socket",
      "cgroup/setsockopt": "cgroup socket option",
      sockops: "sockops",
      syscall: undefined,
    };
    for (const [section, name] of Object.entries(expected)) {
      assert.equal(attachKindOf(section)?.name, name, section);
    }
    for (const kind of ATTACH_KINDS) assert.equal(attachKindOf(kind.section), kind, kind.name);
  });

  it("find a mount, also under a name with a space", () => {
    const text = "proc /proc proc rw 0 0\nbpf /mnt/my\\040bpf bpf rw 0 0\nbpf /other bpf rw 0 0\n";
    assert.equal(findMount(text, "bpf"), "/mnt/my bpf");
    assert.equal(findMount(text, "tracefs"), undefined);
  });
});

kernelSuite("what the kernel answers to probes", () => {
  it("creates the maps that every kernel with BTF has", () => {
    for (const name of ["hash", "array", "lpm_trie", "array_of_maps", "queue", "sk_storage"]) {
      const type = MAP_TYPES.find((candidate) => candidate.name === name);
      assert.ok(type);
      assert.deepEqual(probeMapType(type), { state: "yes" }, name);
    }
  });

  it("refuses a type of map that does not exist", () => {
    const answer = probeMapType({ id: 9_999, name: "none", since: "1.0" });
    assert.equal(answer.state, "no");
    const future = probeMapType({ id: 9_999, name: "none", since: "99.0" });
    assert.match(future.state === "no" ? future.why : "", /^it needs Linux 99\.0, and this is /);
  });

  it("loads programs that every kernel with BTF has, and refuses a type that does not exist", () => {
    for (const name of ["socket_filter", "tracepoint", "xdp", "tracing", "struct_ops"]) {
      assert.deepEqual(probeProgramType(programType(name)), { state: "yes" }, name);
    }
    assert.equal(probeProgramType({ id: 9_999, name: "none", since: "1.0" }).state, "no");
  });

  it("knows which helpers a type of program may call", () => {
    const number = (name: string) => {
      const found = helperNames().indexOf(name);
      assert.ok(found > 0, name);
      return found;
    };
    const state = (type: string, helper: string) =>
      probeHelper(programType(type), number(helper)).state;
    assert.equal(number("bpf_map_lookup_elem"), 1);
    assert.equal(state("kprobe", "bpf_probe_read_kernel"), "yes");
    assert.equal(state("socket_filter", "bpf_map_lookup_elem"), "yes");
    assert.equal(state("xdp", "bpf_redirect"), "yes");
    assert.equal(state("kprobe", "bpf_redirect"), "no");
    assert.equal(state("xdp", "bpf_override_return"), "no");
    assert.equal(state("lsm", "bpf_map_lookup_elem"), "unknown");
    const none = probeHelper(programType("xdp"), 100_000);
    assert.deepEqual(none, { state: "no", why: "this kernel does not have it" });
  });

  it("survives an odd request of the addon", () => {
    const request = { type: 1, attachType: 0, attachBtfId: 0, flags: 0 };
    for (const length of [0, 1, 7, 9]) {
      const answer = nativeFeatures().tryProgram({
        ...request,
        instructions: new Uint8Array(length),
      });
      assert.ok(answer.error < 0, `${length} bytes`);
    }
  });

  it("attaches what works on every kernel, and leaves nothing behind", () => {
    const answers = probeAttachKinds();
    assert.deepEqual(
      [...answers.keys()],
      ATTACH_KINDS.map(({ name }) => name),
    );
    for (const name of ["tracepoint", "raw tracepoint", "tp_btf", "iterator", "uprobe"]) {
      assert.deepEqual(answers.get(name), { state: "yes" }, name);
    }
    for (const [name, answer] of answers) {
      if (answer.state !== "yes") assert.ok(answer.why.length > 0, name);
    }
    const cgroups = mountOf("cgroup2");
    if (cgroups !== undefined) {
      const left = readdirSync(cgroups).filter((entry) => entry.startsWith("wbpf-doctor-"));
      assert.deepEqual(left, []);
      assert.ok(existsSync(join(cgroups, "cgroup.controllers")));
    }
  });
});
