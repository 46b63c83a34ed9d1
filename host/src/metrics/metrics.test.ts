import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { temporaryFolder } from "../testing/built.js";
import { MetricFile } from "./file.js";
import type { MetricMessage } from "./metric.js";
import { prometheusText } from "./prometheus.js";
import { MetricRegistry } from "./registry.js";
import { MetricView } from "./snapshot.js";

/** A module's registry, and the main thread's view of it. */
function both() {
  const view = new MetricView();
  const sent: MetricMessage[] = [];
  const registry = new MetricRegistry((message) => {
    sent.push(message);
    view.receive(structuredClone(message));
  });
  return { view, registry, sent };
}

describe("metrics", () => {
  it("are seen as they are, by name and labels", () => {
    const { view, registry } = both();
    const opens = registry.open(0, "tool_opens_total", "Files that were opened.");
    registry.add(registry.series(opens, ["comm", "sh"]), 2);
    registry.add(registry.series(opens, ["comm", "sh"]), 3);
    registry.add(registry.series(opens, ["comm", 'a"b\\c\nd']), 1);
    const load = registry.series(registry.open(1, "tool_load", ""), []);
    registry.set(load, 1.5);
    registry.add(load, -2);
    assert.equal(
      prometheusText(view.read()),
      [
        "# HELP tool_opens_total Files that were opened.",
        "# TYPE tool_opens_total counter",
        'tool_opens_total{comm="sh"} 5',
        'tool_opens_total{comm="a\\"b\\\\c\\nd"} 1',
        "# TYPE tool_load gauge",
        "tool_load -0.5",
        "",
      ].join("\n"),
    );
  });

  it("count observations in buckets, cumulative, with sum and count", () => {
    const { view, registry } = both();
    const series = registry.series(registry.open(2, "latency", "", [1, 10]), []);
    for (const value of [0.5, 1, 2, 100]) registry.observe(series, value, 1);
    registry.observe(series, 5, 10);
    assert.deepEqual(view.read()[0]?.series, [
      {
        labels: {},
        value: 153.5,
        buckets: [
          { bound: 1, count: 2 },
          { bound: 10, count: 13 },
          { bound: Infinity, count: 14 },
        ],
      },
    ]);
    assert.match(
      prometheusText(view.read()),
      /^latency_bucket\{le="\+Inf"\} 14\nlatency_sum 153\.5\nlatency_count 14$/m,
    );
  });

  it("have a bound", () => {
    const { registry, sent } = both();
    const metric = registry.open(0, "x", "");
    for (let i = 0; i < 1000; i++) registry.series(metric, ["n", `${i}`]);
    assert.throws(() => registry.series(metric, ["n", "1000"]), {
      code: "ENOSPC",
      message: /1000 are the most/,
    });
    assert.equal(registry.series(metric, ["n", "7"]), 8);
    for (let i = 1; i < 256; i++) registry.open(0, `x${i}`, "");
    assert.throws(() => registry.open(0, "one_more", ""), { code: "ENOSPC" });
    assert.equal(sent.length, 1 + 1000 + 256);
    const histogram = both().registry;
    const wide = histogram.open(
      2,
      "h",
      "",
      Array.from({ length: 128 }, (_, i) => i),
    );
    assert.throws(() => {
      for (let i = 0; i < 200; i++) histogram.series(wide, ["n", `${i}`]);
    }, /with 16384 numbers/);
  });

  it("are refused with one sentence when they make no sense", () => {
    const { registry } = both();
    const counter = registry.open(0, "c", "");
    const series = registry.series(counter, []);
    const cases: [() => unknown, string, RegExp][] = [
      [() => registry.open(3, "x", ""), "EINVAL", /no kind 3/],
      [() => registry.open(0, "1x", ""), "EINVAL", /'1x' is no name/],
      [() => registry.open(0, 'x{a="b"} 1\n', ""), "EINVAL", /is no name/],
      [() => registry.open(1, "c", ""), "EEXIST", /'c' is a counter/],
      [() => registry.open(0, "y", "", [1]), "EINVAL", /has no buckets/],
      [() => registry.open(2, "y", "", [2, 1]), "EINVAL", /do not go up/],
      [() => registry.open(2, "y", "", [Number.NaN]), "EINVAL", /do not go up/],
      [() => registry.series(9, []), "EBADF", /no metric 9/],
      [() => registry.series(counter, ["a"]), "EINVAL", /has no value/],
      [() => registry.series(counter, ["le", "1"]), "EINVAL", /'le' is no name/],
      [() => registry.series(counter, ["__x", "1"]), "EINVAL", /'__x' is no name/],
      [() => registry.series(counter, ["a", "1", "a", "2"]), "EINVAL", /twice/],
      [() => registry.series(counter, ["a", "x".repeat(257)]), "E2BIG", /longer than 256/],
      [() => registry.add(series, -1), "EINVAL", /cannot go down/],
      [() => registry.add(series, Number.NaN), "EINVAL", /cannot go down/],
      [() => registry.observe(series, 1, 1), "EINVAL", /no histogram/],
      [() => registry.set(2, 1), "EBADF", /no series 2/],
      [() => registry.set(-1, 1), "EBADF", /no series -1/],
    ];
    for (const [call, code, message] of cases)
      assert.throws(call, { code, message }, String(message));
  });
});

describe("MetricFile", () => {
  const { path } = temporaryFolder();

  it("replaces the file whole and leaves nothing else behind", () => {
    const file = new MetricFile(path("tool.prom"), () => assert.fail());
    assert.equal(readFileSync(path("tool.prom"), "utf8"), "");
    file.start(() => [{ kind: "gauge", name: "g", help: "", series: [{ labels: {}, value: 4 }] }]);
    file.close();
    assert.equal(readFileSync(path("tool.prom"), "utf8"), "# TYPE g gauge\ng 4\n");
    assert.deepEqual(readdirSync(dirname(path("tool.prom"))), ["tool.prom"]);
  });

  it("says why it cannot be written", () => {
    assert.throws(() => new MetricFile("/nowhere/x.prom", () => {}), {
      code: "USAGE",
      message: /^the metrics cannot be written to '\/nowhere\/x\.prom': ENOENT/,
    });
  });
});
