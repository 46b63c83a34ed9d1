import type {
  Metric,
  MetricDescription,
  MetricMessage,
  Series,
  SeriesDescription,
} from "./metric.js";

/** The main thread's view of a module's metrics: its numbers as they are now, also while the module waits, and after its end. */
export class MetricView {
  readonly #metrics: {
    readonly description: MetricDescription;
    readonly series: SeriesDescription[];
  }[] = [];
  #numbers: Float64Array = new Float64Array(0);

  receive(message: MetricMessage): void {
    switch (message.type) {
      case "numbers":
        this.#numbers = new Float64Array(message.buffer);
        break;
      case "metric":
        this.#metrics[message.index] = { description: message.description, series: [] };
        break;
      case "series":
        this.#metrics[message.description.metric]?.series.push(message.description);
        break;
    }
  }

  read(): Metric[] {
    return this.#metrics.map(({ description, series }) => {
      const { kind, name, help } = description;
      return { kind, name, help, series: series.map((one) => this.#series(description, one)) };
    });
  }

  #series({ kind, buckets }: MetricDescription, { labels, slot }: SeriesDescription): Series {
    if (kind !== "histogram") return { labels, value: this.#at(slot) };
    let count = 0;
    return {
      labels,
      value: this.#at(slot + buckets.length + 1),
      buckets: [...buckets, Number.POSITIVE_INFINITY].map((bound, i) => {
        count += this.#at(slot + i);
        return { bound, count };
      }),
    };
  }

  #at(slot: number): number {
    return this.#numbers[slot] ?? 0;
  }
}
