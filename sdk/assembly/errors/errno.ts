/**
 * Error numbers as Linux has them (`include/uapi/asm-generic/errno-base.h` and `errno.h`), positive; calls return them negated.
 *
 * @module
 */
export namespace errno {
  export const EPERM: i32 = 1;
  export const ENOENT: i32 = 2;
  export const EINTR: i32 = 4;
  export const EIO: i32 = 5;
  export const E2BIG: i32 = 7;
  export const EBADF: i32 = 9;
  export const EAGAIN: i32 = 11;
  export const ENOMEM: i32 = 12;
  export const EACCES: i32 = 13;
  export const EFAULT: i32 = 14;
  export const EBUSY: i32 = 16;
  export const EEXIST: i32 = 17;
  export const ENODEV: i32 = 19;
  export const EINVAL: i32 = 22;
  export const EMFILE: i32 = 24;
  export const ENOSPC: i32 = 28;
  export const ERANGE: i32 = 34;
  export const ENOSYS: i32 = 38;
  export const EILSEQ: i32 = 84;
  export const EOPNOTSUPP: i32 = 95;
  export const EALREADY: i32 = 114;
  export const ECANCELED: i32 = 125;
}

/** The symbolic name of a positive or negative errno, such as `"ENOENT"`, or `"errno 200"` for one that the SDK has no name for. */
export function errnoName(error: i32): string {
  switch (error < 0 ? -error : error) {
    case errno.EPERM:
      return "EPERM";
    case errno.ENOENT:
      return "ENOENT";
    case errno.EINTR:
      return "EINTR";
    case errno.EIO:
      return "EIO";
    case errno.E2BIG:
      return "E2BIG";
    case errno.EBADF:
      return "EBADF";
    case errno.EAGAIN:
      return "EAGAIN";
    case errno.ENOMEM:
      return "ENOMEM";
    case errno.EACCES:
      return "EACCES";
    case errno.EFAULT:
      return "EFAULT";
    case errno.EBUSY:
      return "EBUSY";
    case errno.EEXIST:
      return "EEXIST";
    case errno.ENODEV:
      return "ENODEV";
    case errno.EINVAL:
      return "EINVAL";
    case errno.EMFILE:
      return "EMFILE";
    case errno.ENOSPC:
      return "ENOSPC";
    case errno.ERANGE:
      return "ERANGE";
    case errno.EILSEQ:
      return "EILSEQ";
    case errno.EOPNOTSUPP:
      return "EOPNOTSUPP";
    case errno.EALREADY:
      return "EALREADY";
    case errno.ECANCELED:
      return "ECANCELED";
    default:
      return "errno " + (error < 0 ? -error : error).toString();
  }
}
