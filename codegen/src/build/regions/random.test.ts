import assert from "node:assert/strict";
import { assertNoGrowth, assertSame, play } from "./testing/play.js";
import { randomProgram } from "./testing/programs.js";

/** After so many milliseconds no further program is begun. */
const UNTIL = 35_000;
const MOST = 48;

describe("programs at random without a collector", function () {
  this.timeout(180_000);

  it("say the same as with one, and their memory does not grow with records and calls", () => {
    const given = process.env.WBPF_TEST_SEED;
    const first = given === undefined ? Date.now() % 1_000_000 : Number(given);
    const seeds = Array.from({ length: given === undefined ? MOST : 1 }, (_, i) => first + i);
    console.log(`      WBPF_TEST_SEED=${first} and following`);
    const results = play(seeds.map(randomProgram), { batches: 4, records: 24, calls: 12 }, UNTIL);
    let ran = 0;
    let leftOut = 0;
    for (const [i, played] of results.entries()) {
      const what = `WBPF_TEST_SEED=${seeds[i]}`;
      assert.equal(played.failed, undefined, `${what}: ${played.failed}\n${played.source}`);
      leftOut += played.refusals?.length ?? 0;
      if (played.regions === undefined) continue;
      ran++;
      assertSame(played, what);
      assert.doesNotMatch(played.collector?.out ?? "", /^ended by/m, what);
      assertNoGrowth(played, what);
    }
    console.log(`      ${ran} of ${results.length} ran, ${leftOut} refusals`);
    assert.ok(ran > 0, "the machine was too slow for a single program");
    if (results.length > 9) assert.ok(leftOut > 0, "nothing was refused");
  });
});
