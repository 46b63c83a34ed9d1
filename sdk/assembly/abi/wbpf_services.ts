/**
 * The imports of the `wbpf` ABI by which the host tells what addresses are, and takes measurements. docs/abi.md says what each does.
 *
 * @module
 */

@external("wbpf", "kernel_symbols")
export declare function kernel_symbols(addresses: usize, count: i32, out: usize, cap: i32): i32;
@external("wbpf", "user_symbols")
export declare function user_symbols(
  pid: i32,
  addresses: usize,
  count: i32,
  out: usize,
  cap: i32,
): i32;

@external("wbpf", "metric_open")
export declare function metric_open(description: usize, length: i32): i32;
@external("wbpf", "metric_series")
export declare function metric_series(metric: i32, labels: usize, length: i32): i32;
@external("wbpf", "metric_set")
export declare function metric_set(series: i32, value: f64): i32;
@external("wbpf", "metric_add")
export declare function metric_add(series: i32, value: f64): i32;
@external("wbpf", "metric_observe")
export declare function metric_observe(series: i32, value: f64, times: f64): i32;
