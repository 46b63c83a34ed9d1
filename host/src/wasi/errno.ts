import { BpfError } from "../backend/backend.js";
import { errno } from "../imports/errno.js";
import { endsModule } from "../imports/signals.js";

/** Error numbers of WASI preview 1 (`errno` in `typenames.witx`), which are not Linux's. */
export const WasiErrno = {
  success: 0,
  again: 6,
  badf: 8,
  canceled: 11,
  fault: 21,
  ilseq: 25,
  intr: 27,
  inval: 28,
  io: 29,
  nospc: 51,
  pipe: 64,
  spipe: 70,
  notcapable: 76,
} as const;

const FROM_LINUX: ReadonlyMap<number, number> = new Map([
  [errno.EAGAIN, WasiErrno.again],
  [errno.EBADF, WasiErrno.badf],
  [errno.ECANCELED, WasiErrno.canceled],
  [errno.EFAULT, WasiErrno.fault],
  [errno.EILSEQ, WasiErrno.ilseq],
  [errno.EINVAL, WasiErrno.inval],
  [errno.ENOSPC, WasiErrno.nospc],
  [errno.EPIPE, WasiErrno.pipe],
]);

/** The WASI number for a positive Linux errno; `io` for those that have no near relative. */
export const fromLinux = (number: number): number => FROM_LINUX.get(number) ?? WasiErrno.io;

/** The result of a WASI function inside which something was thrown, or what has to end the module. */
export function wasiResult(name: string, error: unknown): number {
  if (error instanceof BpfError) return fromLinux(error.errno);
  throw endsModule(name, error);
}
