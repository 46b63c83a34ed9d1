import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateError, className, create } from "./create.js";

const template = fileURLToPath(new URL("../minimal", import.meta.url));

describe("create-wbpf", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "create-wbpf-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("makes every file, with the tool's name in place", () => {
    assert.equal(create(join(folder, "my-tool"), template, "1.2.3"), "my-tool");
    const made = join(folder, "my-tool");
    assert.deepEqual(readdirSync(made).sort(), [
      ".gitignore",
      "README.md",
      "main.ts",
      "my-tool.bpf.c",
      "my-tool.policy.yaml",
      "package.json",
      "tsconfig.json",
    ]);
    for (const file of readdirSync(made))
      assert.doesNotMatch(readFileSync(join(made, file), "utf8"), /\{\{/);
    const manifest = JSON.parse(readFileSync(join(made, "package.json"), "utf8"));
    assert.equal(manifest.name, "my-tool");
    assert.equal(manifest.devDependencies["@wbpf/host"], "1.2.3");
    assert.match(
      readFileSync(join(made, "main.ts"), "utf8"),
      /import \{ MyTool, Event \}[\s\S]*MyTool\.open\(\)/,
    );
  });

  it("fills an empty folder, but touches none that has something in it", () => {
    const tool = join(folder, "tool");
    mkdirSync(tool);
    create(tool, template, "1.0.0");
    writeFileSync(join(tool, "main.ts"), "mine");
    assert.throws(
      () => create(tool, template, "1.0.0"),
      (error) => error instanceof CreateError && error.code === "EXISTS",
    );
    assert.equal(readFileSync(join(tool, "main.ts"), "utf8"), "mine");
  });

  it("refuses names that neither npm nor C would take", () => {
    for (const name of ["My-Tool", "1st", "a b", "a--b", "tool_", "ünï"]) {
      assert.throws(
        () => create(join(folder, name), template, "1.0.0"),
        (error) => error instanceof CreateError && error.code === "USAGE",
      );
    }
  });

  it("names the class as the generated skeleton does", () => {
    assert.equal(className("my-tool-2"), "MyTool2");
    assert.equal(className("bootstrap"), "Bootstrap");
  });
});
