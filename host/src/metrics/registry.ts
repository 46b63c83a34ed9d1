import { bpfError } from "../imports/errno.js";
import {
  DEFAULT_BUCKETS,
  MAX_BUCKETS,
  MAX_METRICS,
  MAX_SERIES,
  MAX_SLOTS,
  METRIC_KINDS,
  type MetricDescription,
  type MetricMessage,
  type SeriesDescription,
} from "./metric.js";

/** Names as Prometheus has them. */
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Bytes of a label's value. */
const MAX_VALUE = 256;

interface Declared {
  readonly description: MetricDescription;
  /** The series of each set of labels. */
  readonly series: Map<string, number>;
}

/** The metrics of one module, in its thread. The numbers stand in memory that the main thread sees. What is wrong throws a BpfError. */
export class MetricRegistry {
  readonly #send: (message: MetricMessage) => void;
  readonly #metrics: Declared[] = [];
  readonly #series: (SeriesDescription & { readonly description: MetricDescription })[] = [];
  #numbers: Float64Array | undefined;
  #slots = 0;

  constructor(send: (message: MetricMessage) => void) {
    this.#send = send;
  }

  /**
   * Declares a metric; the same one again is the same.
   * @returns its number, from 1
   */
  open(kind: number, name: string, help: string, buckets: readonly number[] = []): number {
    const kindName = METRIC_KINDS[kind >>> 0];
    if (kindName === undefined) throw bpfError("EINVAL", `there is no kind ${kind} of metrics`);
    if (!METRIC_NAME.test(name)) {
      throw bpfError("EINVAL", `'${name}' is no name for a metric: letters, digits, '_' and ':'`);
    }
    const known = this.#metrics.findIndex(({ description }) => description.name === name);
    if (known >= 0) {
      if (this.#metrics[known]?.description.kind === kindName) return known + 1;
      throw bpfError(
        "EEXIST",
        `the metric '${name}' is a ${this.#metrics[known]?.description.kind}`,
      );
    }
    if (this.#metrics.length >= MAX_METRICS) {
      throw bpfError("ENOSPC", `too many metrics: ${MAX_METRICS} are the most`);
    }
    const bounds = kindName === "histogram" && buckets.length === 0 ? DEFAULT_BUCKETS : buckets;
    checkBuckets(name, kindName, bounds);
    const description = { kind: kindName, name, help, buckets: bounds };
    this.#metrics.push({ description, series: new Map() });
    this.#send({ type: "metric", index: this.#metrics.length - 1, description });
    return this.#metrics.length;
  }

  /**
   * The series of a set of labels.
   * @param labels names and values in turn
   * @returns its number, from 1
   */
  series(metric: number, labels: readonly string[]): number {
    const declared = this.#metrics[metric - 1];
    if (declared === undefined) throw bpfError("EBADF", `there is no metric ${metric}`);
    const { description, series } = declared;
    const set = labelsOf(description.name, labels);
    const key = JSON.stringify(Object.entries(set).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = series.get(key);
    if (known !== undefined) return known;
    const size = description.kind === "histogram" ? description.buckets.length + 2 : 1;
    if (this.#series.length >= MAX_SERIES || this.#slots + size > MAX_SLOTS) {
      throw bpfError(
        "ENOSPC",
        `too many series: ${MAX_SERIES} are the most, with ${MAX_SLOTS} numbers; give metrics fewer labels`,
      );
    }
    const one = { metric: metric - 1, labels: set, slot: this.#slots };
    this.#slots += size;
    this.#makeNumbers();
    this.#series.push({ ...one, description });
    series.set(key, this.#series.length);
    this.#send({ type: "series", description: one });
    return this.#series.length;
  }

  set(series: number, value: number): void {
    const { slot, numbers } = this.#plain(series);
    numbers[slot] = value;
  }

  /** Of a counter `value` is not negative. */
  add(series: number, value: number): void {
    const { slot, numbers, description } = this.#plain(series);
    if (description.kind === "counter" && !(value >= 0)) {
      throw bpfError("EINVAL", `the counter '${description.name}' cannot go down by ${-value}`);
    }
    numbers[slot] = (numbers[slot] ?? 0) + value;
  }

  /** Counts a value of a histogram, `times` times. */
  observe(series: number, value: number, times: number): void {
    const { slot, numbers, description } = this.#find(series);
    const { kind, name, buckets } = description;
    if (kind !== "histogram") throw bpfError("EINVAL", `'${name}' is a ${kind}, no histogram`);
    if (!(times >= 0)) throw bpfError("EINVAL", `${times} is no count`);
    let bucket = 0;
    while (bucket < buckets.length && value > (buckets[bucket] ?? 0)) bucket++;
    numbers[slot + bucket] = (numbers[slot + bucket] ?? 0) + times;
    const sum = slot + buckets.length + 1;
    numbers[sum] = (numbers[sum] ?? 0) + value * times;
  }

  #plain(series: number) {
    const found = this.#find(series);
    if (found.description.kind !== "histogram") return found;
    throw bpfError("EINVAL", `'${found.description.name}' is a histogram: it takes observations`);
  }

  #find(series: number) {
    const found = this.#series[series - 1];
    const numbers = this.#numbers;
    if (found === undefined || numbers === undefined) {
      throw bpfError("EBADF", `there is no series ${series}`);
    }
    return { slot: found.slot, description: found.description, numbers };
  }

  #makeNumbers(): void {
    if (this.#numbers !== undefined) return;
    const buffer = new SharedArrayBuffer(8 * MAX_SLOTS);
    this.#numbers = new Float64Array(buffer);
    this.#send({ type: "numbers", buffer });
  }
}

function checkBuckets(name: string, kind: string, buckets: readonly number[]): void {
  if (kind !== "histogram" && buckets.length > 0) {
    throw bpfError("EINVAL", `'${name}' is a ${kind}, which has no buckets`);
  }
  if (buckets.length > MAX_BUCKETS) {
    throw bpfError("E2BIG", `'${name}' has too many buckets: ${MAX_BUCKETS} are the most`);
  }
  const ascending = buckets.every(
    (bound, i) => Number.isFinite(bound) && (i === 0 || bound > (buckets[i - 1] ?? 0)),
  );
  if (!ascending) throw bpfError("EINVAL", `the bounds of '${name}' do not go up`);
}

function labelsOf(metric: string, labels: readonly string[]): Record<string, string> {
  if (labels.length % 2 !== 0) {
    throw bpfError("EINVAL", `a label of '${metric}' has no value: names and values alternate`);
  }
  const set: Record<string, string> = {};
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? "";
    const value = labels[i + 1] ?? "";
    if (!LABEL_NAME.test(name) || name === "le") {
      throw bpfError("EINVAL", `'${name}' is no name for a label of '${metric}'`);
    }
    if (Object.hasOwn(set, name))
      throw bpfError("EINVAL", `the label '${name}' stands there twice`);
    if (Buffer.byteLength(value) > MAX_VALUE) {
      throw bpfError("E2BIG", `a value of '${name}' is longer than ${MAX_VALUE} bytes`);
    }
    set[name] = value;
  }
  return set;
}
