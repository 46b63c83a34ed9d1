import { release } from "node:os";
import type { NativeMap } from "../native.js";
import { explainCapabilities } from "./capabilities.js";
import { errnoOf } from "./errno.js";
import { olderThan } from "./kernel-release.js";

/** The release that brought each `enum bpf_map_type`, by number, for kernels that are met today: from the git history of `include/uapi/linux/bpf.h`. */
const SINCE: Readonly<Record<number, string>> = {
  18: "4.18", // sockhash
  19: "4.19", // cgroup_storage
  20: "4.19", // reuseport_sockarray
  21: "4.20", // percpu_cgroup_storage
  22: "4.20", // queue
  23: "4.20", // stack
  24: "5.2", // sk_storage
  25: "5.4", // devmap_hash
  26: "5.6", // struct_ops
  27: "5.8", // ringbuf
  28: "5.10", // inode_storage
  29: "5.11", // task_storage
  30: "5.16", // bloom_filter
  31: "6.1", // user_ringbuf
  32: "6.2", // cgrp_storage
  33: "6.9", // arena
};
const HASHES = new Set([1, 5, 9, 10]);
const ARRAYS = new Set([2, 6]);
const RINGBUF = 27;

/** Why the kernel did not create a map, and what to do, as the end of a sentence. */
export function explainMapCreation(map: NativeMap | undefined, errno: number): string {
  const { name, text } = errnoOf(errno);
  const why = map && causeOf(map, name);
  return why === undefined ? `${text} (${name})` : `${why} (${name})`;
}

function causeOf(map: NativeMap, errno: string): string | undefined {
  const kind = map.typeName ?? `type ${map.type}`;
  const size = `${map.maxEntries} entries of ${map.keySize} + ${map.valueSize} bytes`;
  switch (errno) {
    case "EPERM":
      return (
        explainCapabilities([]) ??
        (olderThan("5.11")
          ? "locked memory is limited: raise it with `ulimit -l unlimited`"
          : undefined)
      );
    case "EINVAL": {
      const since = SINCE[map.type];
      if (since !== undefined && olderThan(since)) {
        return `${kind} maps need Linux ${since}, and this is ${release()}`;
      }
      if (map.typeName === undefined)
        return `neither libbpf nor the kernel knows map type ${map.type}`;
      if (map.type === RINGBUF) {
        return `a ring buffer has no key and no value, and max_entries is its size in bytes: a power of two, at least a page`;
      }
      if (ARRAYS.has(map.type) && map.keySize !== 4)
        return `the key of an array has 4 bytes, not ${map.keySize}`;
      if (map.maxEntries === 0) return "max_entries is 0: set it in the map's definition";
      if (HASHES.has(map.type) && (map.keySize === 0 || map.valueSize === 0)) {
        return "a hash needs a key and a value";
      }
      return `the kernel does not take a ${kind} map of ${size} with flags 0x${map.flags.toString(16)}`;
    }
    case "E2BIG":
      return `it is too large for a ${kind} map: ${size}`;
    case "ENOMEM":
      return `there is not enough memory for ${size}`;
    default:
      return undefined;
  }
}
