/**
 * The six functions of the published `wasm_bpf` ABI (docs/wasm_bpf.md), and what of WASI the SDK needs beside `abi/wasi.ts`. Texts end with a NUL byte.
 *
 * @module
 */

/** `enum bpf_cmd` as that ABI numbers it. */
export namespace command {
  export const LOOKUP: i32 = 1;
  export const UPDATE: i32 = 2;
  export const DELETE: i32 = 3;
  export const NEXT_KEY: i32 = 4;
}

@external("wasm_bpf", "wasm_load_bpf_object")
export declare function wasm_load_bpf_object(bytes: usize, length: i32): u64;
@external("wasm_bpf", "wasm_close_bpf_object")
export declare function wasm_close_bpf_object(object: u64): i32;
@external("wasm_bpf", "wasm_attach_bpf_program")
export declare function wasm_attach_bpf_program(object: u64, name: usize, target: usize): i32;
@external("wasm_bpf", "wasm_bpf_map_fd_by_name")
export declare function wasm_bpf_map_fd_by_name(object: u64, name: usize): i32;
@external("wasm_bpf", "wasm_bpf_map_operate")
export declare function wasm_bpf_map_operate(map: i32, cmd: i32, key: usize, value: usize, nextKey: usize, flags: u64): i32;
@external("wasm_bpf", "wasm_bpf_buffer_poll")
export declare function wasm_bpf_buffer_poll(object: u64, map: i32, callback: i32, ctx: i32, data: usize, maxSize: i32, timeoutMs: i32): i32;

@external("wasi_snapshot_preview1", "poll_oneoff")
export declare function poll_oneoff(subscriptions: usize, events: usize, count: i32, written: usize): i32;
