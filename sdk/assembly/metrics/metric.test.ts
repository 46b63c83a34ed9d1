import assert from "node:assert/strict";
import { compile, Guest } from "../../testing/guest.js";

const SOURCE = `
import { console, Counter, Gauge, Histogram } from "@wbpf/sdk/assembly";
export function main(): i32 {
  const opens = new Counter("opens_total", "Files, geöffnet.");
  const failed = opens.series(["result", "failed", "ö", ""]);
  console.log(\`\${opens.handle} \${failed} \${opens.series()} \${opens.add(1.5, failed)} \${opens.set(9, failed)}\`);
  const depth = new Gauge("depth");
  const series = depth.series();
  console.log(\`\${depth.set(-3, series)} \${depth.add(0.25, series)}\`);
  const latency = new Histogram("latency", "", [0.5, 2]);
  console.log(\`\${latency.observe(1, latency.series())} \${latency.observe(1, latency.series(), 4)}\`);
  const refused = new Counter("refused");
  console.log(\`\${refused.handle} \${refused.series(["a", "b"])} \${refused.add(1, refused.series())} \${refused.set(1, -22)}\`);
  new Histogram("defaults");
  return 0;
}`;

describe("metrics", () => {
  it("say what they are, and their series are numbers of the host", async () => {
    const guest = new Guest();
    const opened: unknown[] = [];
    const calls: unknown[] = [];
    let series = 100;
    guest.wbpf.metric_open = (words, length) => {
      assert.equal(length, 28);
      const word = (i: number) => guest.view.getUint32((words as number) + 4 * i, true);
      const name = guest.text(word(1), word(2));
      opened.push([word(0), name, guest.text(word(3), word(4)), buckets(word(5), word(6))]);
      return name === "refused" ? -1 : opened.length;
    };
    const buckets = (at: number, count: number) =>
      Array.from({ length: count }, (_, i) => guest.view.getFloat64(at + 8 * i, true));
    guest.wbpf.metric_series = (metric, labels, length) => {
      calls.push([metric, guest.text(labels as number, length as number)]);
      return series++;
    };
    for (const what of ["add", "set", "observe"]) {
      guest.wbpf[`metric_${what}`] = (...args) => {
        calls.push([what, ...args]);
        return 0;
      };
    }
    assert.equal(guest.run(await compile(SOURCE)), 0);
    assert.equal(guest.stdout, "1 100 101 0 0\n0 0\n0 0\n-1 -1 -1 -22\n");
    assert.deepEqual(opened, [
      [0, "opens_total", "Files, geöffnet.", []],
      [1, "depth", "", []],
      [2, "latency", "", [0.5, 2]],
      [0, "refused", "", []],
      [2, "defaults", "", []],
    ]);
    assert.deepEqual(calls, [
      [1, "result\0failed\0ö\0\0"],
      [1, ""],
      ["add", 100, 1.5],
      ["set", 100, 9],
      [2, ""],
      ["set", 102, -3],
      ["add", 102, 0.25],
      [3, ""],
      ["observe", 103, 1, 1],
      [3, ""],
      ["observe", 104, 1, 4],
    ]);
  });
});
