import { stats_enable } from "../abi/wbpf";
import { clearLastError } from "../errors/last_error";
import { BpfLink } from "../link/bpf_link";

/** Lets the kernel count and time the runs of all programs, until the result is destroyed; `bpf_enable_stats`. Linux 5.8. Null after a failure. */
export function enableStats(): BpfLink | null {
  clearLastError();
  const handle = stats_enable();
  return handle < 0 ? null : new BpfLink(handle);
}
