import assert from "node:assert/strict";
import { matches } from "./glob.js";

describe("matches", () => {
  const cases: readonly [string, string, boolean][] = [
    ["sched/sched_process_exec", "sched/sched_process_exec", true],
    ["sched/sched_process_exec", "sched/sched_process_exit", false],
    ["sched/*", "sched/sched_switch", true],
    ["*", "sched/sched_switch", false],
    ["**", "sched/sched_switch", true],
    ["*", "", true],
    ["?", "", false],
    ["eth?", "eth0", true],
    ["eth?", "eth10", false],
    ["a?c", "a/c", false],
    ["/usr/**:read*", "/usr/lib/x/libssl.so.3:read", true],
    ["/usr/*:read*", "/usr/lib/libssl.so.3:read", false],
    ["/srv/**/log", "/srv/a/b/log", true],
    ["a.c", "abc", false],
    ["[ab]", "a", false],
    ["{a,b}", "a", false],
    ["!a", "b", false],
    ["**.so", "/lib/x.so", true],
    ["a**", "a", true],
    ["", "", true],
    ["", "a", false],
    ["tcp_*", "tcp_v4_*", true],
    ["tcp_?", "tcp_*", false],
    ["tcp_?", "tcp_?", true],
    ["tcp_v4_*", "tcp_*", false],
  ];
  for (const [pattern, text, expected] of cases) {
    it(`'${pattern}' ${expected ? "takes" : "refuses"} '${text}'`, () => {
      assert.equal(matches(pattern, text), expected);
    });
  }

  it("takes no more time than the product of the lengths, for a pattern made to be slow", () => {
    const started = process.cpuUsage();
    assert.equal(matches("*a".repeat(1000), "a".repeat(2000).concat("b")), false);
    const { user } = process.cpuUsage(started);
    // An engine that backtracks does not end within the life of a star.
    assert.ok(user < 5_000_000, `${user} µs`);
  });

  it("matches nothing with a pattern that is longer than any sense", () => {
    assert.equal(matches("*".repeat(5000), "a"), false);
  });
});
