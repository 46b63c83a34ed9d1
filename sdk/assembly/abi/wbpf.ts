/**
 * The imports of the `wbpf` ABI, version 1, one declaration a function. docs/abi.md says what each does; nothing outside this folder calls them.
 *
 * @module
 */

/** Version of the ABI that this SDK is written for. */
export const ABI_VERSION: i32 = 1;

@external("wbpf", "last_error")
export declare function last_error(buf: usize, cap: i32): i32;

@external("wbpf", "object_open")
export declare function object_open(bytes: usize, len: i32, name: usize, nameLen: i32): i32;
@external("wbpf", "object_load")
export declare function object_load(object: i32): i32;
@external("wbpf", "object_close")
export declare function object_close(object: i32): i32;
@external("wbpf", "object_find_map")
export declare function object_find_map(object: i32, name: usize, nameLen: i32): i32;
@external("wbpf", "object_find_program")
export declare function object_find_program(object: i32, name: usize, nameLen: i32): i32;

@external("wbpf", "object_map_at")
export declare function object_map_at(object: i32, index: i32): i32;
@external("wbpf", "object_program_at")
export declare function object_program_at(object: i32, index: i32): i32;
@external("wbpf", "object_log")
export declare function object_log(object: i32, buf: usize, cap: i32): i32;

@external("wbpf", "map_name")
export declare function map_name(map: i32, buf: usize, cap: i32): i32;
@external("wbpf", "map_set")
export declare function map_set(map: i32, what: i32, value: i32): i32;
@external("wbpf", "map_reuse_pin")
export declare function map_reuse_pin(map: i32, path: usize, pathLen: i32): i32;
@external("wbpf", "map_attach_struct_ops")
export declare function map_attach_struct_ops(map: i32): i32;
@external("wbpf", "map_info")
export declare function map_info(map: i32, out: usize, cap: i32): i32;
@external("wbpf", "map_initial_value")
export declare function map_initial_value(map: i32, offset: i32, dst: usize, len: i32): i32;
@external("wbpf", "map_set_initial_value")
export declare function map_set_initial_value(map: i32, offset: i32, src: usize, len: i32): i32;
@external("wbpf", "map_lookup")
export declare function map_lookup(map: i32, key: usize, value: usize, flags: i32): i32;
@external("wbpf", "map_update")
export declare function map_update(map: i32, key: usize, value: usize, flags: i32): i32;
@external("wbpf", "map_delete")
export declare function map_delete(map: i32, key: usize): i32;
@external("wbpf", "map_next_key")
export declare function map_next_key(map: i32, key: usize, next: usize): i32;

@external("wbpf", "map_live_info")
export declare function map_live_info(map: i32, out: usize, cap: i32): i32;
@external("wbpf", "map_live")
export declare function map_live(map: i32, address: usize): i32;

@external("wbpf", "program_attach")
export declare function program_attach(program: i32): i32;
@external("wbpf", "program_attach_to")
export declare function program_attach_to(program: i32, kind: i32, options: usize, len: i32): i32;
@external("wbpf", "program_name")
export declare function program_name(program: i32, buf: usize, cap: i32): i32;
@external("wbpf", "program_section")
export declare function program_section(program: i32, buf: usize, cap: i32): i32;
@external("wbpf", "program_set")
export declare function program_set(program: i32, what: i32, value: i32): i32;
@external("wbpf", "program_set_attach_target")
export declare function program_set_attach_target(
  program: i32,
  target: i32,
  name: usize,
  nameLen: i32,
): i32;
@external("wbpf", "program_info")
export declare function program_info(program: i32, out: usize, cap: i32): i32;
@external("wbpf", "program_test_run")
export declare function program_test_run(program: i32, args: usize): i32;

@external("wbpf", "pin")
export declare function pin(handle: i32, path: usize, pathLen: i32): i32;
@external("wbpf", "unpin")
export declare function unpin(handle: i32, path: usize, pathLen: i32): i32;
@external("wbpf", "stats_enable")
export declare function stats_enable(): i32;
@external("wbpf", "privileges_drop")
export declare function privileges_drop(): i32;
@external("wbpf", "interface_index")
export declare function interface_index(name: usize, nameLen: i32): i32;

@external("wbpf", "link_detach")
export declare function link_detach(link: i32): i32;
@external("wbpf", "link_update")
export declare function link_update(link: i32, program: i32): i32;
@external("wbpf", "link_info")
export declare function link_info(link: i32, out: usize, cap: i32): i32;
@external("wbpf", "link_read")
export declare function link_read(link: i32, buf: usize, cap: i32): i32;
@external("wbpf", "link_open")
export declare function link_open(path: usize, pathLen: i32): i32;
@external("wbpf", "link_destroy")
export declare function link_destroy(link: i32): i32;

@external("wbpf", "buffer_open")
export declare function buffer_open(map: i32): i32;
@external("wbpf", "buffer_poll")
export declare function buffer_poll(buffer: i32, buf: usize, cap: i32, timeoutMs: i32): i32;
@external("wbpf", "buffer_wait")
export declare function buffer_wait(buffers: usize, count: i32, ready: usize, timeoutMs: i32): i32;
@external("wbpf", "buffer_close")
export declare function buffer_close(buffer: i32): i32;
