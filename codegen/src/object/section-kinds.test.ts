import assert from "node:assert/strict";
import { compile } from "../btf/testing/clang.js";
import { libbpfOf } from "../btf/testing/libbpf.js";
import { BpfObjectFile } from "./object.js";

const HELPERS = "#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n";

describe("section names", () => {
  it("are known as libbpf knows them, with what it makes of them", () => {
    const names = [
      "socket",
      "sk_reuseport/migrate",
      "sk_reuseport",
      "kprobe/f",
      "kretprobe/f",
      "uprobe//bin/sh:f",
      "uretprobe//bin/sh:f",
      "uprobe.s//bin/sh:f",
      "kprobe.multi/f*",
      "kretprobe.multi/f*",
      "ksyscall/nanosleep",
      "kretsyscall/nanosleep",
      "usdt//bin/sh:a:b",
      "tc",
      "classifier",
      "action",
      "tracepoint/a/b",
      "tp/a/b",
      "raw_tracepoint/x",
      "raw_tp/x",
      "raw_tracepoint.w/x",
      "raw_tp.w/x",
      "tp_btf/sched_switch",
      "fentry/f",
      "fmod_ret/f",
      "fexit/f",
      "fentry.s/f",
      "fmod_ret.s/f",
      "fexit.s/f",
      "freplace/f",
      "lsm/f",
      "lsm.s/f",
      "lsm_cgroup/f",
      "iter/task",
      "iter.s/task",
      "syscall",
      "xdp.frags/devmap",
      "xdp/devmap",
      "xdp.frags/cpumap",
      "xdp/cpumap",
      "xdp.frags",
      "xdp",
      "perf_event",
      "lwt_in",
      "lwt_out",
      "lwt_xmit",
      "lwt_seg6local",
      "sockops",
      "sk_skb/stream_parser",
      "sk_skb/stream_verdict",
      "sk_skb",
      "sk_msg",
      "lirc_mode2",
      "flow_dissector",
      "cgroup_skb/ingress",
      "cgroup_skb/egress",
      "cgroup/skb",
      "cgroup/sock_create",
      "cgroup/sock_release",
      "cgroup/sock",
      "cgroup/post_bind4",
      "cgroup/post_bind6",
      "cgroup/bind4",
      "cgroup/bind6",
      "cgroup/connect4",
      "cgroup/connect6",
      "cgroup/sendmsg4",
      "cgroup/sendmsg6",
      "cgroup/recvmsg4",
      "cgroup/recvmsg6",
      "cgroup/getpeername4",
      "cgroup/getpeername6",
      "cgroup/getsockname4",
      "cgroup/getsockname6",
      "cgroup/sysctl",
      "cgroup/getsockopt",
      "cgroup/setsockopt",
      "cgroup/dev",
      "struct_ops/x",
      "sk_lookup",
    ];
    const programs = names.map((name, i) => `SEC("${name}") int p${i}(void *ctx) { return 0; }`);
    const all = compile(`${HELPERS}${programs.join("\n")}`);
    const theirs = new Map<string, string[]>();
    for (const line of libbpfOf("object", all).trimEnd().split("\n")) {
      const [letter, name = "", , ...rest] = line.split(" ");
      if (letter === "p") theirs.set(name, rest);
    }
    const read = BpfObjectFile.parse(all);
    assert.equal(read.programs.length, names.length);
    for (const program of read.programs) {
      const [type, attach, attachNumber] = theirs.get(program.name) ?? [];
      assert.equal(program.kind?.program.toLowerCase(), type, program.section);
      // 0 is both BPF_CGROUP_INET_INGRESS and "none".
      if (program.kind?.attach !== undefined)
        assert.equal(program.kind.attach.toLowerCase(), attach, program.section);
      else if (!program.section.startsWith("kprobe"))
        assert.equal(attachNumber, "0", program.section);
    }
    assert.equal(
      BpfObjectFile.parse(compile(`${HELPERS}SEC("made_up/x") int p(void *ctx) { return 0; }`))
        .programs[0]?.kind,
      undefined,
    );
  });
});
