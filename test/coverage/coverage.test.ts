import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/wbpf.js";
import { check } from "./check.js";
import { COVERAGE, VERSION } from "./coverage.js";
import { all, by, excused, missing } from "./entry.js";
import { installedLibbpf } from "./libbpf.js";
import { page } from "./page.js";
import { sdkExports } from "./sdk.js";

describe("the table of libbpf's functions", () => {
  it("counts what is covered and excused, and tells everything else", () => {
    const table = {
      ...all(by("Map.get", "Map"), "map_get", "map_get2"),
      map_fd: excused("no descriptors"),
      map_new: missing("new maps"),
      map_set: by("Map.set"),
      map_old: by("Map"),
      map_why: excused(""),
    };
    const functions = ["map_get", "map_get2", "map_fd", "map_new", "map_set", "map_why", "other"];
    assert.deepEqual(check(table, functions, new Set(["Map", "Map.get"])), {
      covered: 2,
      excused: 1,
      problems: [
        "map_new: the SDK has nothing for new maps",
        "map_set: the SDK does not export Map.set",
        "map_why: it is excused without a reason",
        "other: it is neither covered nor excused",
        "map_old: the table has it and libbpf does not",
      ],
    });
  });

  it("knows the SDK's exports, with inherited members and without hidden ones", () => {
    const exports = sdkExports();
    for (const name of ["BpfObject.load", "RingBuffer.close", "HashMap.delete", "run"]) {
      assert.ok(exports.has(name), name);
    }
    assert.ok(!exports.has("BpfObject.nonsense"));
    assert.ok(![...exports].some((name) => name.includes("constructor")));
  });

  it("names only what the SDK exports", () => {
    const names = Object.keys(COVERAGE);
    const { problems } = check(COVERAGE, names, sdkExports());
    const wrong = problems.filter((problem) => !problem.includes("has nothing for"));
    assert.deepEqual(wrong, []);
  });

  it("is about the functions of libbpf, all of them", function () {
    const installed = installedLibbpf();
    if (installed?.version !== VERSION) this.skip();
    assert.deepEqual(Object.keys(COVERAGE).sort(), installed.functions);
  });

  it("is the one in the documentation", () => {
    const { covered, excused } = check(COVERAGE, Object.keys(COVERAGE), sdkExports());
    const summary = `covered ${covered} of ${Object.keys(COVERAGE).length}, excused ${excused}`;
    const written = readFileSync(join(root, "docs/libbpf-coverage.md"), "utf8");
    assert.equal(
      written,
      page(COVERAGE, VERSION, summary),
      "write it anew: npm run coverage:libbpf -- --write",
    );
  });
});
