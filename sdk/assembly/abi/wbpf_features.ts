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
