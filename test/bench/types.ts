/** One line of the results. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  /** What native C needed, in `unit`; null where there is nothing to compare with. */
  readonly native: number | null;
  readonly ours: number;
  /** `ours / native`, the median of the rounds' own ratios; null without a native side. */
  readonly ratio: number | null;
  /** Half the distance between the quartiles of the ratio (of `ours`, without a native side), as a part of it. */
  readonly spread: number;
  /** What is asked for, and of which of the two; null: only measured. */
  readonly target: Target | null;
  /** Whether the target is reached; null without one. */
  readonly ok: boolean | null;
}

/** A limit of the ratio to native C, or of the value itself. */
export interface Target {
  readonly of: "ratio" | "value";
  readonly limit: number;
  /** `most`: no more than the limit; `least`: no less. Default: `most`. */
  readonly kind?: "most" | "least";
}

/** How much to do. */
export interface Effort {
  /** Measurements of each side, one after the other in turn. */
  readonly rounds: number;
  /** Records, operations and the like of one measurement are multiplied with this. */
  readonly scale: number;
}

/** A benchmark makes one or more rows. */
export interface Benchmark {
  readonly name: string;
  run(effort: Effort): Promise<Row[]>;
}
