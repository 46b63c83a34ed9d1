import { MAX_BUCKETS } from "../metrics/metric.js";
import { MetricRegistry } from "../metrics/registry.js";
import type { ImportContext } from "./context.js";
import { bpfError } from "./errno.js";
import { MAX_NAME, readText } from "./text.js";

/** Bytes of a text of help, and of all labels of a series. */
const MAX_HELP = 1024;
const MAX_LABELS = 4096;
/** Words of `metric_open`'s description, see docs/abi.md. */
const WORDS = 7;

/** `metric_*`, see docs/abi.md. */
export function metricImports(context: ImportContext) {
  const { memory, guard } = context;
  const registry = new MetricRegistry((message) => context.onMetric(message));

  /** A call that a module may make for each record. */
  const hot = (name: string, body: (series: number, value: number, times: number) => void) => {
    return (series: number, value: number, times: number): number => {
      try {
        body(series, value, times);
        return 0;
      } catch (error) {
        return context.recover(name, error);
      }
    };
  };

  return {
    metric_open: context.cold("metric_open", (description, length) => {
      guard.require("metric_open", { kind: "metrics" });
      const what = "metric_open's description";
      memory.check(description, length, what);
      if (length >>> 0 < 4 * WORDS) {
        throw bpfError("EINVAL", `${what} has ${length >>> 0} bytes, ${4 * WORDS} were expected`);
      }
      const word = (index: number) => memory.getU32((description >>> 0) + 4 * index, what);
      const [kind, name, nameLength, help, helpLength, buckets, count] = Array.from(
        { length: WORDS },
        (_, index) => word(index),
      ) as [number, number, number, number, number, number, number];
      if (count > MAX_BUCKETS) {
        throw bpfError("E2BIG", `${count} buckets are too many: ${MAX_BUCKETS} are the most`);
      }
      const bounds = memory.bytes(buckets, 8 * count, "the buckets").slice();
      return registry.open(
        kind,
        readText(memory, name, nameLength, "the metric's name", MAX_NAME),
        readText(memory, help, helpLength, "the metric's help", MAX_HELP),
        [...new Float64Array(bounds.buffer)],
      );
    }),
    metric_series: context.cold("metric_series", (metric, labels, length) => {
      if (length >>> 0 > MAX_LABELS) {
        throw bpfError(
          "E2BIG",
          `the labels have ${length >>> 0} bytes, ${MAX_LABELS} are the most`,
        );
      }
      const text = memory.text(labels, length, "the labels");
      // Each name and each value ends with a NUL.
      if (text !== "" && !text.endsWith("\0")) {
        throw bpfError("EINVAL", "the labels do not end with a NUL");
      }
      return registry.series(metric, text === "" ? [] : text.slice(0, -1).split("\0"));
    }),
    metric_set: hot("metric_set", (series, value) => registry.set(series, value)),
    metric_add: hot("metric_add", (series, value) => registry.add(series, value)),
    metric_observe: hot("metric_observe", (series, value, times) =>
      registry.observe(series, value, times),
    ),
  };
}
