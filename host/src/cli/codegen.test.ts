import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const host = fileURLToPath(new URL("../..", import.meta.url));
const modules = join(host, "../node_modules");

describe("wbpf where @wbpf/codegen is not installed", () => {
  let folder = "";

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "wbpf-alone-")));
    const target = join(folder, "node_modules/@wbpf/host");
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(host, "dist"), join(target, "dist"), { recursive: true });
    cpSync(join(host, "package.json"), join(target, "package.json"));
    symlinkSync(join(modules, "commander"), join(folder, "node_modules/commander"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const wbpf = (...args: string[]) =>
    spawnSync(
      process.execPath,
      [join(folder, "node_modules/@wbpf/host/dist/bundle/wbpf.js"), ...args],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );

  const install = (main: string) => {
    const target = join(folder, "node_modules/@wbpf/codegen");
    mkdirSync(target, { recursive: true });
    writeFileSync(
      join(target, "package.json"),
      JSON.stringify({ name: "@wbpf/codegen", type: "module", exports: { "./cli": "./cli.js" } }),
    );
    writeFileSync(join(target, "cli.js"), main);
  };

  it("still lists its commands", () => {
    const { status, stdout } = wbpf("--help");
    assert.equal(status, 0);
    for (const name of ["build", "gen", "layout"])
      assert.match(stdout, new RegExp(`^  ${name} `, "m"));
  });

  it("says what to install", () => {
    for (const args of [["build", "folder", "--debug"], ["gen"], ["layout", "--help"]]) {
      const { status, stderr } = wbpf(...args);
      assert.equal(
        stderr,
        `wbpf: wbpf ${args[0]} needs @wbpf/codegen: npm install --save-dev @wbpf/codegen\n`,
      );
      assert.equal(status, 1);
    }
  });

  it("takes the commands that it registers once it is there", () => {
    install(`export function register(program, context) {
      program.command("build").action(() => console.log(typeof context.vmlinuxHeader));
    }`);
    const { status, stdout } = wbpf("build");
    assert.deepEqual([status, stdout], [0, "function\n"]);
  });

  it("says why when it is there and broken", () => {
    for (const main of ['import "@wbpf/nothing";', 'throw new Error("out of order");']) {
      install(main);
      const { status, stderr } = wbpf("build");
      assert.match(
        stderr,
        /^wbpf: @wbpf\/codegen cannot be loaded: .*(@wbpf\/nothing|out of order).*\n$/,
      );
      assert.equal(status, 1);
    }
  });
});
