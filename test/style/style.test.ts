import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/wbpf.js";

/** Runs a checker that is silent when all is well. */
function quiet(command: string, args: string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
}

describe("the style of the source", function () {
  this.timeout(120_000);

  it("is as the formatter writes it, and the linter has nothing to say", () => {
    quiet(join(root, "node_modules/.bin/biome"), ["check", "--error-on-warnings", "."]);
  });

  it("has the right types, the tests' own too", () => {
    quiet(join(root, "node_modules/.bin/tsc"), ["-p", "test", "--noEmit"]);
  });

  it("is as clang-format writes the addon", () => {
    const folder = join(root, "host/addon/src");
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(cc|h)$/.test(file))
      .map((file) => join(folder, file));
    assert.ok(sources.length > 0);
    quiet("clang-format", ["--dry-run", "--Werror", ...sources]);
  });
});
