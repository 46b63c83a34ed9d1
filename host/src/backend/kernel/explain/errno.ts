import { getSystemErrorMap } from "node:util";
import { BpfError } from "../../backend.js";

/** What the kernel's bpf(2) returns beside errno(3): `include/linux/errno.h`. libbpf's own codes (`libbpf_errno`) start at 4000. */
const ENOTSUPP = 524;
/** Linux has one number for EOPNOTSUPP and ENOTSUP; Node knows it by the latter, everybody else in BPF by the former. */
const EOPNOTSUPP = 95;
const FIRST_OF_LIBBPF = 4000;

export interface Errno {
  readonly number: number;
  /** Such as `"EPERM"`. */
  readonly name: string;
  /** Such as `"operation not permitted"`. */
  readonly text: string;
}

/** A positive errno in words. libbpf's own codes mean that it could not use what it was given: `EINVAL`. */
export function errnoOf(number: number): Errno {
  const code = number >= FIRST_OF_LIBBPF ? 22 : number;
  if (code === ENOTSUPP)
    return { number: code, name: "ENOTSUPP", text: "operation is not supported" };
  if (code === EOPNOTSUPP)
    return { number: code, name: "EOPNOTSUPP", text: "operation not supported" };
  const known = getSystemErrorMap().get(-code);
  return known === undefined
    ? { number: code, name: `E${code}`, text: `error ${code}` }
    : { number: code, name: known[0], text: known[1] };
}

/** A {@link BpfError} whose message ends in the errno's name. */
export function bpfError(
  errno: number,
  message: string,
  options: { detail?: string; cause?: unknown } = {},
): BpfError {
  const { number, name } = errnoOf(errno);
  return new BpfError(number, name, message, options);
}
