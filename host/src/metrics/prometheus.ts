import type { Metric, Series } from "./metric.js";

/** Metrics in Prometheus's text format 0.0.4. */
export function prometheusText(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ series }) => series.length > 0)
    .map(({ kind, name, help, series }) => {
      const head = [
        ...(help === ""
          ? []
          : [`# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`]),
        `# TYPE ${name} ${kind}`,
      ];
      return [...head, ...series.flatMap((one) => lines(name, one)), ""].join("\n");
    })
    .join("");
}

function lines(name: string, { labels, value, buckets }: Series): string[] {
  if (buckets === undefined) return [`${name}${set(labels)} ${number(value)}`];
  return [
    ...buckets.map(
      ({ bound, count }) =>
        `${name}_bucket${set({ ...labels, le: number(bound) })} ${number(count)}`,
    ),
    `${name}_sum${set(labels)} ${number(value)}`,
    `${name}_count${set(labels)} ${number(buckets.at(-1)?.count ?? 0)}`,
  ];
}

function set(labels: Readonly<Record<string, string>>): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${quoted(value)}"`);
  return all.length === 0 ? "" : `{${all.join(",")}}`;
}

const quoted = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');

function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}
