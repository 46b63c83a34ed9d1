import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const child = fileURLToPath(new URL("../../testing/fuzz-child.ts", import.meta.url));

function fuzz(object: string, mode: "open" | "load" | "truncate", first: number, count: number) {
  const args = ["--import=tsx", child, object, mode, String(first), String(count)];
  const run = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  const last = run.stdout.trimEnd().split("\n").at(-1) ?? "";
  assert.equal(run.signal, null, `${object}: seed ${last} killed the process (${run.signal})`);
  assert.equal(run.status, 0, `${object}: seed ${last}: ${run.stderr}`);
  return JSON.parse(last) as { accepted: number; refused: number };
}

describe("damaged BPF objects", () => {
  it("cut off at 500 places are refused, each in a sentence", () => {
    assert.deepEqual(fuzz("rich", "truncate", 0, 500), { accepted: 0, refused: 500 });
  });

  for (const object of ["maps", "ring", "rich"]) {
    it(`changed at random never crash the process that opens them: ${object}`, () => {
      const { accepted, refused } = fuzz(object, "open", 1, 1500);
      assert.equal(accepted + refused, 1500);
      assert.ok(accepted > 100 && refused > 100, `${accepted} accepted, ${refused} refused`);
    });
  }

  it("changed at random never crash the process that loads them", () => {
    const { accepted, refused } = fuzz("maps", "load", 1, 300);
    assert.equal(accepted + refused, 300);
    assert.ok(accepted > 20, `${accepted} accepted`);
  });
});
