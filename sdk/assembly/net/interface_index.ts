import { indexOfInterface } from "../abi/calls";
import { clearLastError } from "../errors/last_error";

/** The index of a network interface of the host's network namespace, as if_nametoindex(3); `-ENODEV` if there is none of that name. */
export function interfaceIndex(name: string): i32 {
  clearLastError();
  return indexOfInterface(name);
}
