/**
 * The imports of the `wbpf` ABI for buffers beside opening, polling and closing. docs/abi.md says what each does.
 *
 * @module
 */

@external("wbpf", "buffer_open_with")
export declare function buffer_open_with(map: i32, options: usize, len: i32): i32;
@external("wbpf", "buffer_available")
export declare function buffer_available(buffer: i32): i32;
@external("wbpf", "user_buffer_open")
export declare function user_buffer_open(map: i32): i32;
@external("wbpf", "user_buffer_submit")
export declare function user_buffer_submit(
  buffer: i32,
  record: usize,
  len: i32,
  timeoutMs: i32,
): i32;
@external("wbpf", "user_buffer_close")
export declare function user_buffer_close(buffer: i32): i32;
