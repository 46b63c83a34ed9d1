import assert from "node:assert/strict";
import { covers } from "./covers.js";
import { matches } from "./glob.js";

describe("covers", () => {
  const cases: readonly [wide: string[], narrow: string, expected: boolean][] = [
    [["sched/*"], "sched/sched_switch", true],
    [["sched/*"], "sched/*", true],
    [["sched/*"], "sched/sched_*", true],
    [["sched/sched_*"], "sched/*", false],
    [["*"], "**", false],
    [["**"], "*", true],
    [["*/*"], "sched/*", true],
    [["*/*"], "a/b/c", false],
    [["/usr/**"], "/usr/lib/*.so", true],
    [["/usr/*"], "/usr/**", false],
    [["?*"], "*", false],
    [["*?"], "?*", true],
    [["??"], "?", false],
    [["*", "**/*"], "**", true],
    [["a*", "b*"], "?*", false],
    [["", "?*"], "*", true],
    [["", "?", "??*"], "*", true],
    [["*a*"], "*ba*", true],
    [["*a*b*"], "*ab*", true],
    [["*ab*"], "*a*b*", false],
    [[], "x", false],
    [["eth0", "eth1"], "eth?", false],
    [["eth?"], "eth0", true],
    [["***"], "**", true],
  ];
  for (const [wide, narrow, expected] of cases) {
    it(`${JSON.stringify(wide)} ${expected ? "cover" : "do not cover"} '${narrow}'`, () => {
      assert.equal(covers(wide, narrow), expected);
    });
  }

  it("agrees with matches for every text of a small world", () => {
    const letters = ["a", "b", "/"];
    const texts = [""];
    for (let i = 0; i < texts.length && (texts[i]?.length ?? 9) < 5; i++) {
      for (const letter of letters) texts.push(texts[i] + letter);
    }
    let state = 7;
    const random = (bound: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % bound;
    };
    const symbols = ["a", "b", "/", "*", "**", "?"];
    const pattern = () =>
      Array.from({ length: random(5) }, () => symbols[random(symbols.length)]).join("");
    let yes = 0;
    for (let i = 0; i < 3000; i++) {
      const wide = Array.from({ length: 1 + random(2) }, pattern);
      const narrow = pattern();
      const found = covers(wide, narrow);
      const counter = texts.find(
        (text) => matches(narrow, text) && !wide.some((one) => matches(one, text)),
      );
      // A text that only the narrow one takes refutes; none in the small world, with patterns as short, means that there is none but for other letters.
      if (found) assert.equal(counter, undefined, `${wide} over '${narrow}'`);
      if (counter !== undefined) assert.equal(found, false, `${wide} over '${narrow}'`);
      if (found) yes++;
    }
    assert.ok(yes > 300, `${yes}`);
  });

  it("gives up on what is made to be slow, with the careful answer", () => {
    const started = process.cpuUsage();
    assert.equal(covers(["*a*b*c*d*e*f*".repeat(60)], "**a?".repeat(300)), false);
    assert.ok(process.cpuUsage(started).user < 20_000_000);
  });
});
