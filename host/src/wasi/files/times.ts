import type { BigIntStats } from "node:fs";
import { WasiErrno } from "../errno.js";
import { TimeFlag } from "./constants.js";
import { FileFailure } from "./failure.js";

/** The two times to set, in seconds as Node takes them: good for a microsecond. Those that are not to change are as they were. */
export function timesOf(
  stat: BigIntStats,
  atim: bigint,
  mtim: bigint,
  flags: number,
): { atime: number; mtime: number } {
  const one = (value: bigint, given: number, now: number, old: bigint): number => {
    const asked = flags & (given | now);
    if (asked === (given | now)) throw new FileFailure(WasiErrno.inval);
    if (asked === now) return Date.now() / 1000;
    return Number(asked === given ? BigInt.asUintN(64, value) : old) / 1e9;
  };
  return {
    atime: one(atim, TimeFlag.atim, TimeFlag.atimNow, stat.atimeNs),
    mtime: one(mtim, TimeFlag.mtim, TimeFlag.mtimNow, stat.mtimeNs),
  };
}
