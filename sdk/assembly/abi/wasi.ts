/**
 * The few functions of WASI preview 1 that the SDK uses: printing, the clock, arguments, random numbers, the exit code.
 *
 * @module
 */

@external("wasi_snapshot_preview1", "fd_write")
export declare function fd_write(fd: i32, iovs: usize, iovsLen: i32, written: usize): i32;
@external("wasi_snapshot_preview1", "clock_time_get")
export declare function clock_time_get(id: i32, precision: i64, time: usize): i32;
@external("wasi_snapshot_preview1", "args_sizes_get")
export declare function args_sizes_get(count: usize, size: usize): i32;
@external("wasi_snapshot_preview1", "args_get")
export declare function args_get(argv: usize, buf: usize): i32;
@external("wasi_snapshot_preview1", "random_get")
export declare function random_get(buf: usize, len: i32): i32;
@external("wasi_snapshot_preview1", "proc_exit")
export declare function proc_exit(code: i32): void;
