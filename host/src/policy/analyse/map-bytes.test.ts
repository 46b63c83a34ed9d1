import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { withGuest } from "../../backend/conformance/guest.js";
import { KernelBackend } from "../../backend/kernel/kernel-backend.js";
import { compileSource } from "../../backend/testing/compile.js";
import { needsKernel } from "../../backend/testing/needs-kernel.js";
import { machine } from "../enforce/machine.js";
import { mapBytes } from "./map-bytes.js";

const map = (name: string, type: string, rest: string) =>
  `struct { __uint(type, BPF_MAP_TYPE_${type}); ${rest} } ${name} SEC(".maps");\n`;
const SIZES = "__uint(key_size, 8); __uint(value_size, 24); __uint(max_entries, 1000);";
const SOURCE = `
  #include <linux/bpf.h>
  #include <bpf/bpf_helpers.h>
  char LICENSE[] SEC("license") = "GPL";
  __u64 counter;
  ${map("hash", "HASH", SIZES)}
  ${map("lru", "LRU_HASH", SIZES)}
  ${map("percpu_hash", "PERCPU_HASH", SIZES)}
  ${map("array", "ARRAY", "__uint(key_size, 4); __uint(value_size, 24); __uint(max_entries, 1000);")}
  ${map("percpu_array", "PERCPU_ARRAY", "__uint(key_size, 4); __uint(value_size, 24); __uint(max_entries, 1000);")}
  ${map("queue", "QUEUE", "__uint(value_size, 24); __uint(max_entries, 1000);")}
  ${map("stacks", "STACK_TRACE", "__uint(key_size, 4); __uint(value_size, 80); __uint(max_entries, 1000);")}
  ${map("ring", "RINGBUF", "__uint(max_entries, 65536);")}
  ${map("lpm", "LPM_TRIE", `${SIZES} __uint(map_flags, 1);`)}
  SEC("socket") int p(void *ctx) { counter++; return 0; }`;

/** What the kernel reckons, by the map's id. */
function reckoned(): Map<number, number> {
  const found = new Map<number, number>();
  for (const fd of readdirSync("/proc/self/fdinfo")) {
    let text = "";
    try {
      text = readFileSync(`/proc/self/fdinfo/${fd}`, "utf8");
    } catch {
      continue;
    }
    const id = /^map_id:\s*(\d+)/m.exec(text)?.[1];
    const bytes = /^memlock:\s*(\d+)/m.exec(text)?.[1];
    if (id !== undefined && bytes !== undefined) found.set(Number(id), Number(bytes));
  }
  return found;
}

describe("the kernel memory of maps", () => {
  before(needsKernel);

  it("is never less than the kernel reckons, and little more", function () {
    withGuest(new KernelBackend(), (guest) => {
      // Before Linux 6.4 (map_mem_usage of struct bpf_map_ops) the kernel multiplied what was asked for, with keys for arrays and nothing for what a hash needs besides.
      if (guest.session.kernelVersion() < 0x060400) this.skip();
      const object = guest.load(compileSource(SOURCE, "map-bytes"));
      const kernel = reckoned();
      for (const { name, info } of object.maps) {
        const own = mapBytes(info, machine(guest.session));
        const theirs = kernel.get(info.id ?? 0);
        assert(theirs !== undefined, name);
        assert(own >= theirs, `${name}: ${own} is less than ${theirs}`);
        // Maps that grow with their elements are empty here.
        if (name !== "lpm") assert(own <= theirs * 1.1 + 1024, `${name}: ${own} against ${theirs}`);
      }
    });
  });
});
