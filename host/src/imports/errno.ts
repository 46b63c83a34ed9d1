import { constants } from "node:os";
import { BpfError } from "../backend/backend.js";

/** Linux's errno numbers, by name. The host runs on Linux only, so Node's table is the kernel's. */
export const errno = constants.errno;
export type ErrnoName = keyof typeof constants.errno;

/** A {@link BpfError} by the errno's name. */
export function bpfError(
  code: ErrnoName,
  message: string,
  options?: { cause?: unknown },
): BpfError {
  return new BpfError(errno[code], code, message, options);
}

const NAMES = new Map<number, string>(
  Object.entries(errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/** The name of a positive errno number. */
export function errnoName(number: number): string {
  return NAMES.get(number) ?? `errno ${number}`;
}
