/**
 * The imports of the `wbpf` ABI that ask what the kernel can do. docs/abi.md says what each does.
 *
 * @module
 */

@external("wbpf", "probe_map_type")
export declare function probe_map_type(type: i32): i32;
@external("wbpf", "probe_program_type")
export declare function probe_program_type(type: i32): i32;
@external("wbpf", "probe_helper")
export declare function probe_helper(programType: i32, helper: i32): i32;
@external("wbpf", "kernel_version")
export declare function kernel_version(): i32;
@external("wbpf", "possible_cpus")
export declare function possible_cpus(): i32;
@external("wbpf", "kernel_type")
export declare function kernel_type(
  name: usize,
  nameLen: i32,
  kind: i32,
  module: usize,
  moduleLen: i32,
): i32;
@external("wbpf", "type_name")
export declare function type_name(kind: i32, number: i32, buf: usize, cap: i32): i32;
