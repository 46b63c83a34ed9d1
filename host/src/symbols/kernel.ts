import { constants } from "node:os";
import { BpfError } from "../backend/backend.js";
import { isNativeFailure, native } from "../backend/kernel/native.js";
import type { FoundSymbol } from "./symbol.js";

const { EPERM } = constants.errno;

/**
 * The functions of the kernel that hold these addresses, from `/proc/kallsyms` as it was at the first call of the process.
 * @throws BpfError `EPERM`: this process may not see the kernel's addresses
 */
export function kernelSymbols(addresses: BigUint64Array): (FoundSymbol | undefined)[] {
  try {
    const found = native().kernelSymbols(addresses);
    // What was not found at the end is not in the array at all.
    return Array.from(addresses, (_, i) => found[i] && toFound(found[i]));
  } catch (error) {
    if (!isNativeFailure(error)) throw error;
    const why =
      error.errno === EPERM
        ? "the kernel hides its addresses from this process (EPERM): it needs CAP_SYSLOG, or root and a kernel.kptr_restrict below 2"
        : `/proc/kallsyms cannot be read (errno ${error.errno})`;
    throw new BpfError(
      error.errno,
      error.errno === EPERM ? "EPERM" : "EIO",
      `the kernel's symbols are not to be had: ${why}`,
    );
  }
}

const toFound = ({
  name,
  module,
  offset,
}: {
  readonly name: string;
  readonly module: string;
  readonly offset: number;
}): FoundSymbol => ({ name, offset: BigInt(offset), file: module, fileOffset: 0n });
