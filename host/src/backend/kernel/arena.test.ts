import assert from "node:assert/strict";
import { compileSource } from "../testing/compile.js";
import { olderThan } from "./explain/kernel-release.js";
import { KernelBackend } from "./kernel-backend.js";

/** An object with one arena of a page, which lies at an address of its own choice if there is one. */
const source = (address: string): string => `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct {
	__uint(type, 33); /* BPF_MAP_TYPE_ARENA */
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	${address}
} arena SEC(".maps");
char LICENSE[] SEC("license") = "GPL";
`;

describe("an arena", () => {
  const load = (address: string): void => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const session = new KernelBackend().createSession({ memory, stopFd: -1 });
    try {
      session.openObject(compileSource(source(address), "arena"), { name: "arena" }).load();
    } finally {
      session.close();
    }
  };

  it("is never put at an address that the object chose in the host's memory", () => {
    assert.throws(() => load("__uint(map_extra, 0x10000000);"), {
      code: "EOPNOTSUPP",
      message:
        "cannot load BPF object 'arena': it has an arena at a fixed address (map_extra), which would lie in the host's own memory; leave map_extra out (EOPNOTSUPP)",
    });
  });

  it("is created without one (Linux 6.9)", function () {
    if (olderThan("6.9") || process.getuid?.() !== 0) this.skip();
    load("");
  });
});
