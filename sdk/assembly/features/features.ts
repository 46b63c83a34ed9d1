import {
  kernel_version,
  possible_cpus,
  probe_helper,
  probe_map_type,
  probe_program_type,
} from "../abi/wbpf_features";
import { clearLastError } from "../errors/last_error";

/**
 * What this kernel can do, found by making it do it. Probes answer 1 or 0, or a negative errno where this process may not find out: `lastError()` says what it lacks.
 */
export namespace features {
  /** Whether maps of a type can be made, by `enum bpf_map_type`; `libbpf_probe_bpf_map_type`. */
  export function mapType(type: u32): i32 {
    clearLastError();
    return probe_map_type(type);
  }

  /** Whether programs of a type can be loaded, by `enum bpf_prog_type`; `libbpf_probe_bpf_prog_type`. */
  export function programType(type: u32): i32 {
    clearLastError();
    return probe_program_type(type);
  }

  /** Whether programs of a type may call a helper, by its `BPF_FUNC_*`; `libbpf_probe_bpf_helper`. */
  export function helper(programType: u32, helper: u32): i32 {
    clearLastError();
    return probe_helper(programType, helper);
  }

  /** The running kernel's version, as its own macro `KERNEL_VERSION` writes it. */
  export function kernelVersion(): u32 {
    return kernel_version();
  }

  /** Whether the running kernel is `major.minor` or newer. */
  export function kernelAtLeast(major: u32, minor: u32): bool {
    return features.kernelVersion() >= ((major << 16) | (minor << 8));
  }

  /** CPUs that may ever come up: a per-CPU map has a value for each; `libbpf_num_possible_cpus`. */
  export function possibleCpus(): i32 {
    return possible_cpus();
  }
}
