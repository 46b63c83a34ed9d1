import assert from "node:assert/strict";
import { kernelSuite } from "../support/kernel.js";
import { benchmarks } from "./cases/index.js";
import { buildTool } from "./guest.js";
import { nativeProgram } from "./native.js";
import { pairedRow, quantile, singleRow } from "./stats.js";
import { table } from "./table.js";

/** Just enough that every line of a benchmark runs. What it measures then means nothing, and nobody looks at it. */
const TINY = { rounds: 1, scale: 0.02 };

kernelSuite("the benchmarks", () => {
  before(async function () {
    this.timeout(120_000);
    await buildTool();
    nativeProgram();
  });

  for (const benchmark of benchmarks) {
    it(`run: ${benchmark.name}`, async function () {
      this.timeout(120_000);
      const rows = await benchmark.run(TINY);
      assert.ok(rows.length > 0);
      for (const { name, ours, native, ratio } of rows) {
        assert.ok(Number.isFinite(ours), `${name}: ${ours}`);
        if (native !== null) assert.ok(native > 0 && Number.isFinite(ratio), name);
      }
      assert.equal(table(rows).split("\n").length, rows.length + 1);
    });
  }
});

describe("the numbers of a benchmark", () => {
  it("are medians of the rounds' own ratios", () => {
    const row = pairedRow("x", "ns", [1, 2, 100], [2, 6, 100], { of: "ratio", limit: 1.9 });
    assert.deepEqual(
      { native: row.native, ours: row.ours, ratio: row.ratio, ok: row.ok },
      { native: 2, ours: 6, ratio: 2, ok: false },
    );
  });

  it("tell how far the middle half of the rounds is apart", () => {
    assert.equal(singleRow("x", "ms", [9, 10, 11]).spread, 0.05);
    assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  });

  it("are compared with a target from the right side", () => {
    const atLeast = { of: "ratio", limit: 0.99, kind: "least" } as const;
    assert.equal(pairedRow("x", "", [1], [0.98], atLeast).ok, false);
    assert.equal(pairedRow("x", "", [1], [1], atLeast).ok, true);
    assert.equal(singleRow("x", "KB", [9], { of: "value", limit: 8 }).ok, false);
  });
});
