import { BpfError } from "../backend/backend.js";
import { errno } from "../imports/errno.js";
import { endsModule } from "../imports/signals.js";
import { FileFailure } from "./files/failure.js";

/** Error numbers of WASI preview 1 (`errno` in `typenames.witx`), which are not Linux's. */
export const WasiErrno = {
  success: 0,
  acces: 2,
  again: 6,
  badf: 8,
  busy: 10,
  canceled: 11,
  dquot: 19,
  exist: 20,
  fault: 21,
  fbig: 22,
  ilseq: 25,
  intr: 27,
  inval: 28,
  io: 29,
  isdir: 31,
  loop: 32,
  mfile: 33,
  nametoolong: 37,
  nfile: 41,
  noent: 44,
  nomem: 48,
  nospc: 51,
  notdir: 54,
  notempty: 55,
  notsup: 58,
  overflow: 61,
  perm: 63,
  pipe: 64,
  rofs: 69,
  spipe: 70,
  txtbsy: 74,
  xdev: 75,
  notcapable: 76,
} as const;

const FROM_LINUX: ReadonlyMap<number, number> = new Map([
  [errno.EACCES, WasiErrno.acces],
  [errno.EAGAIN, WasiErrno.again],
  [errno.EBADF, WasiErrno.badf],
  [errno.EBUSY, WasiErrno.busy],
  [errno.ECANCELED, WasiErrno.canceled],
  [errno.EDQUOT, WasiErrno.dquot],
  [errno.EEXIST, WasiErrno.exist],
  [errno.EFAULT, WasiErrno.fault],
  [errno.EFBIG, WasiErrno.fbig],
  [errno.EILSEQ, WasiErrno.ilseq],
  [errno.EINVAL, WasiErrno.inval],
  [errno.EISDIR, WasiErrno.isdir],
  [errno.ELOOP, WasiErrno.loop],
  [errno.EMFILE, WasiErrno.mfile],
  [errno.ENAMETOOLONG, WasiErrno.nametoolong],
  [errno.ENFILE, WasiErrno.nfile],
  [errno.ENOENT, WasiErrno.noent],
  [errno.ENOMEM, WasiErrno.nomem],
  [errno.ENOSPC, WasiErrno.nospc],
  [errno.ENOTDIR, WasiErrno.notdir],
  [errno.ENOTEMPTY, WasiErrno.notempty],
  [errno.EOPNOTSUPP, WasiErrno.notsup],
  [errno.EOVERFLOW, WasiErrno.overflow],
  [errno.EPERM, WasiErrno.perm],
  [errno.EPIPE, WasiErrno.pipe],
  [errno.EROFS, WasiErrno.rofs],
  [errno.ETXTBSY, WasiErrno.txtbsy],
  [errno.EXDEV, WasiErrno.xdev],
]);

/** The WASI number for a positive Linux errno; `io` for those that have no near relative. */
export const fromLinux = (number: number): number => FROM_LINUX.get(number) ?? WasiErrno.io;

/** The result of a WASI function inside which something was thrown, or what has to end the module. */
export function wasiResult(name: string, error: unknown): number {
  if (error instanceof BpfError) return fromLinux(error.errno);
  if (error instanceof FileFailure) return error.errno;
  if (isSystemError(error)) return fromLinux(-error.errno);
  throw endsModule(name, error);
}

/** What Node throws when a system call on a file fails: its errno is negative. */
function isSystemError(error: unknown): error is Error & { errno: number } {
  if (!(error instanceof Error)) return false;
  const { errno: number, syscall } = error as NodeJS.ErrnoException;
  return typeof number === "number" && number < 0 && typeof syscall === "string";
}
