/** As `metric_open` of docs/abi.md numbers them. */
export const METRIC_KINDS = ["counter", "gauge", "histogram"] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

/** A metric as the module declared it. */
export interface MetricDescription {
  readonly kind: MetricKind;
  readonly name: string;
  readonly help: string;
  /** Upper bounds of a histogram's buckets, ascending, without the infinite one. */
  readonly buckets: readonly number[];
}

/** One set of labels of a metric, and where its numbers stand: one, or of a histogram a count for each bucket and the infinite one, then the sum. */
export interface SeriesDescription {
  readonly metric: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly slot: number;
}

/** A metric with its numbers at one time. */
export interface Metric {
  readonly kind: MetricKind;
  readonly name: string;
  readonly help: string;
  readonly series: readonly Series[];
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Of a counter or a gauge; of a histogram the sum of what was observed. */
  readonly value: number;
  /** Of a histogram: how many were at most so large, cumulative; the last bound is `Infinity`. */
  readonly buckets?: readonly { readonly bound: number; readonly count: number }[];
}

/** Numbers that one module may have: series, and slots of eight bytes for them. */
export const MAX_SERIES = 1000;
export const MAX_SLOTS = 16_384;
/** Metrics that it may declare. */
export const MAX_METRICS = 256;
/** Buckets of a histogram. */
export const MAX_BUCKETS = 128;

/** Those that Prometheus's own libraries take, in seconds. */
export const DEFAULT_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** What the Worker tells the main thread, which has the numbers in shared memory. */
export type MetricMessage =
  | { readonly type: "numbers"; readonly buffer: SharedArrayBuffer }
  | { readonly type: "metric"; readonly index: number; readonly description: MetricDescription }
  | { readonly type: "series"; readonly description: SeriesDescription };
