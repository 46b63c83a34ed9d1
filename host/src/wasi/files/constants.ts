/** Numbers of WASI preview 1 (`typenames.witx`) that files need. */

/** `filetype`. */
export const FileType = {
  unknown: 0,
  block: 1,
  character: 2,
  directory: 3,
  regular: 4,
  socket: 6,
  link: 7,
} as const;

/** `oflags`. */
export const OpenFlag = { creat: 1, directory: 2, excl: 4, trunc: 8 } as const;

/** `fdflags`. */
export const FdFlag = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 } as const;
export const ALL_FD_FLAGS = 31;

/** `fstflags`. */
export const TimeFlag = { atim: 1, atimNow: 2, mtim: 4, mtimNow: 8 } as const;

/** `lookupflags`. */
export const SYMLINK_FOLLOW = 1;

/** `rights`: what libraries look at to decide how to open. What may be done is decided when it is done. */
export const RIGHT_READ = 1n << 1n;
export const RIGHT_WRITE = 1n << 6n;
const bits = (...numbers: number[]): bigint =>
  numbers.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);
export const FILE_RIGHTS = bits(0, 2, 3, 4, 5, 7, 8, 21, 22, 23, 27);
export const DIRECTORY_RIGHTS = bits(3, 4, 9, 10, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 25, 26);

/** Bytes of a `filestat`, an `fdstat`, a `prestat` and of a `dirent` without its name. */
export const FILESTAT = 64;
export const FDSTAT = 24;
export const PRESTAT = 8;
export const DIRENT = 24;
