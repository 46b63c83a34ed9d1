import {
  metric_add,
  metric_observe,
  metric_open,
  metric_series,
  metric_set,
} from "../abi/wbpf_services";
import { clearLastError } from "../errors/last_error";

/** Kinds of `metric_open` (docs/abi.md). */
const COUNTER: u32 = 0;
const GAUGE: u32 = 1;
const HISTOGRAM: u32 = 2;

function open(kind: u32, name: string, help: string, buckets: StaticArray<f64>): i32 {
  const nameBytes = String.UTF8.encode(name);
  const helpBytes = String.UTF8.encode(help);
  const words = new StaticArray<u32>(7);
  words[0] = kind;
  words[1] = <u32>changetype<usize>(nameBytes);
  words[2] = nameBytes.byteLength;
  words[3] = <u32>changetype<usize>(helpBytes);
  words[4] = helpBytes.byteLength;
  words[5] = <u32>changetype<usize>(buckets);
  words[6] = buckets.length;
  clearLastError();
  return metric_open(changetype<usize>(words), 28);
}

/** A metric: what is measured. Its series, one for each set of labels, have the numbers. */
class Metric {
  /** The host's number of it, or the negative errno of why there is none: `-EPERM` without the permission `host.metrics`. */
  readonly handle: i32;

  constructor(kind: u32, name: string, help: string, buckets: StaticArray<f64>) {
    this.handle = open(kind, name, help, buckets);
  }

  /** The series of a set of labels, given as names and values in turn: a number for the others' calls, or a negative errno. Ask once and keep it. */
  series(labels: string[] = []): i32 {
    if (this.handle < 0) return this.handle;
    let text = "";
    for (let i = 0; i < labels.length; i++) text += labels[i] + "\0";
    const bytes = String.UTF8.encode(text);
    clearLastError();
    return metric_series(this.handle, changetype<usize>(bytes), bytes.byteLength);
  }
}

/**
 * Something that only goes up.
 *
 * @example
 * const opens = new Counter("opensnoop_opens_total", "Files that were opened.");
 * const failed = opens.series(["result", "failed"]);
 * opens.add(1, failed);
 */
export class Counter extends Metric {
  constructor(name: string, help: string = "") {
    super(COUNTER, name, help, []);
  }

  /** Adds. 0, or a negative errno. */
  add(value: f64, series: i32): i32 {
    return series < 0 ? series : metric_add(series, value);
  }

  /** Sets what was counted elsewhere, as in a map. 0, or a negative errno. */
  set(value: f64, series: i32): i32 {
    return series < 0 ? series : metric_set(series, value);
  }
}

/** Something that goes up and down. */
export class Gauge extends Metric {
  constructor(name: string, help: string = "") {
    super(GAUGE, name, help, []);
  }

  set(value: f64, series: i32): i32 {
    return series < 0 ? series : metric_set(series, value);
  }

  add(value: f64, series: i32): i32 {
    return series < 0 ? series : metric_add(series, value);
  }
}

/** How values are distributed. */
export class Histogram extends Metric {
  /** @param buckets upper bounds, ascending; none: those of Prometheus's libraries, 0.005 to 10 */
  constructor(name: string, help: string = "", buckets: StaticArray<f64> = []) {
    super(HISTOGRAM, name, help, buckets);
  }

  /** Counts a value, `times` times. 0, or a negative errno. */
  observe(value: f64, series: i32, times: f64 = 1): i32 {
    return series < 0 ? series : metric_observe(series, value, times);
  }
}
