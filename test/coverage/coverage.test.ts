import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
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

  it("covers or excuses every function, by what the SDK exports", () => {
    assert.deepEqual(check(COVERAGE, Object.keys(COVERAGE), sdkExports()).problems, []);
  });

  it("is what `npm run coverage:libbpf` passes with", () => {
    const main = join(root, "test/coverage/main.ts");
    const ended = spawnSync(process.execPath, ["--import", "tsx", main], {
      cwd: root,
      encoding: "utf8",
    });
    assert.equal(ended.status, 0, ended.stdout + ended.stderr);
    assert.match(ended.stdout, /^covered \d+ of 304, excused \d+\n$/);
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
