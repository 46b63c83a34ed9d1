import { kernelType as kernelTypeOf, typeName } from "../abi/feature_calls";
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

  /**
   * The id of a type in the BTF of the running kernel, or of one of its modules; `btf__find_by_name_kind`. `-ENOENT`: there is none.
   * @param kind `BTF_KIND_*`, such as 4 for a struct and 12 for a function; 0: any
   */
  export function kernelType(name: string, kind: u32 = 0, module: string = ""): i32 {
    clearLastError();
    return kernelTypeOf(name, kind, module);
  }

  /** The name of a program type as libbpf writes it, such as `"xdp"`, empty if it has none; `libbpf_bpf_prog_type_str`. */
  export function programTypeName(type: u32): string {
    return typeName(1, type);
  }

  /** Of a map type, such as `"ringbuf"`; `libbpf_bpf_map_type_str`. */
  export function mapTypeName(type: u32): string {
    return typeName(2, type);
  }

  /** Of an attach type, such as `"cgroup_inet_ingress"`; `libbpf_bpf_attach_type_str`. */
  export function attachTypeName(type: u32): string {
    return typeName(3, type);
  }

  /** Of a link type, such as `"tracing"`; `libbpf_bpf_link_type_str`. */
  export function linkTypeName(type: u32): string {
    return typeName(4, type);
  }

  /** CPUs that may ever come up: a per-CPU map has a value for each; `libbpf_num_possible_cpus`. */
  export function possibleCpus(): i32 {
    return possible_cpus();
  }
}
