import assert from "node:assert/strict";
import { Reporter } from "./reporter.js";

describe("Reporter", () => {
  it("tells each sentence once, and no more of them than anybody reads", () => {
    const told: string[] = [];
    const reporter = new Reporter((sentence) => told.push(sentence));
    for (let i = 0; i < 3; i++) reporter.report("the same");
    for (let i = 0; i < 100; i++) reporter.report(`another ${i}`);
    assert.equal(told.filter((sentence) => sentence === "the same").length, 1);
    assert.equal(told.length, 32);
  });
});
