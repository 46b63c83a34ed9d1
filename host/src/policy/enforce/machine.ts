import { readFileSync } from "node:fs";
import type { BackendSession } from "../../backend/backend.js";
import type { Machine } from "../analyse/map-bytes.js";

/** `AT_PAGESZ` of `include/uapi/linux/auxvec.h`. */
const PAGE_SIZE = 6n;

let pageSize: number | undefined;

/** What of this machine decides how large maps are. */
export function machine(session: Pick<BackendSession, "possibleCpus">): Machine {
  pageSize ??= readPageSize();
  return { cpus: session.possibleCpus(), pageSize };
}

/** Node has no call for it; the kernel tells each process when it starts (getauxval(3)). */
function readPageSize(): number {
  let bytes: Buffer;
  try {
    bytes = readFileSync("/proc/self/auxv");
  } catch {
    return 4096;
  }
  const pairs = new BigUint64Array(Uint8Array.from(bytes).buffer);
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    if (pairs[i] === PAGE_SIZE) return Number(pairs[i + 1]);
  }
  return 4096;
}
