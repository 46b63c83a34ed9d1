import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { type Ended, wbpf } from "../support/wbpf.js";
import { buildGuest } from "./support/guest.js";

/** Debian's wasi-libc, which looks for what was granted as every C and Rust module does. */
kernelSuite("a C module and the files that were granted to it", function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "wbpf-files-"));
    mkdirSync(join(folder, "out"));
    mkdirSync(join(folder, "here"));
    writeFileSync(join(folder, "my.conf"), "one\ntwo\n");
    writeFileSync(join(folder, "here/relative"), "by a relative path\n");
    symlinkSync("../my.conf", join(folder, "out/link"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the module with three grants of whoever starts it, under a policy or none. */
  const run = (...policy: string[]) =>
    wbpf([
      ...["run", "--dir", `${folder}/my.conf::/etc/tool.conf:ro`, "--dir", `${folder}/out::/out`],
      ...["--dir", `${folder}/here::.:ro`, ...policy, buildGuest("files", { object: "abi" })],
    ]);

  /** A policy that grants these files, each `{ path: …, access: … }`. */
  function policy(...grants: string[]): string[] {
    const file = join(folder, "files.policy.yaml");
    const list = grants.map((grant) => `    - ${grant}\n`).join("");
    writeFileSync(file, `version: 1\nhost:\n  stdout: true\n  stderr: true\n  files:\n${list}`);
    return ["--policy", file];
  }

  function assertDidAll({ code, stdout, stderr }: Ended): void {
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout.trim().split("\n"), [
      "/etc/tool.conf: one",
      "/etc/tool.conf: two",
      "read back 52",
      "mkdir: ok",
      "rename: ok",
      "/out/made/result: 42",
      "/out/made/result: 43",
      ...stdout.split("\n").filter((line) => line.startsWith("/out has")),
      "stat: ok",
      "6 bytes",
      "relative: by a relative path",
      "write where only reading was granted: Read-only file system",
      "/etc/passwd: No such file or directory",
      "/out/../etc/passwd: Capabilities insufficient",
      "/out/link: Capabilities insufficient",
      "symlink: Capabilities insufficient",
    ]);
    assert.match(stdout, /\/out has made \(directory\)/);
    assert.equal(readFileSync(join(folder, "out/made/result"), "utf8"), "42\n43\n");
    assert.equal(readFileSync(join(folder, "my.conf"), "utf8"), "one\ntwo\n");
  }

  it("reads, writes, lists and stays inside", async () => assertDidAll(await run()));

  it("does the same under a policy that grants the files, and with all that lies below a folder its list of names", async () =>
    assertDidAll(
      await run(
        ...policy(
          `{ path: "${folder}/my.conf", access: read }`,
          `{ path: "${folder}/out/**", access: write }`,
          `{ path: "${folder}/here/**", access: read }`,
        ),
      ),
    ));

  it("tells the user which permission it lacks, and for which file", async () => {
    const { code, stdout, stderr } = await run(
      ...policy(`{ path: "${folder}/out/**", access: read }`),
    );
    assert.equal(code, 1);
    assert.match(stdout, /^\/etc\/tool\.conf: .*\n\/out\/result: .*\n$/);
    const denied = `wbpf: files.wasm: path_open: denied by ${folder}/files.policy.yaml: no grant lets it`;
    assert.deepEqual(
      stderr
        .replaceAll(/files-\w+\.wasm/g, "files.wasm")
        .trimEnd()
        .split("\n"),
      [
        `${denied} read ${folder}/my.conf (host.files)`,
        `${denied} write ${folder}/out/result (host.files)`,
      ],
    );
  });

  it("has none without a grant", async () => {
    const { code, stdout } = await wbpf(["run", buildGuest("files", { object: "abi" })]);
    assert.equal(code, 1);
    assert.match(stdout, /^\/etc\/tool\.conf: .*\n\/out\/result: .*\n$/);
  });

  it("does not start with a grant of what is not there", async () => {
    const { code, stderr } = await wbpf([
      ...["run", "--dir", `${folder}/none`, buildGuest("files", { object: "abi" })],
    ]);
    assert.equal(code, 2);
    assert.match(stderr, /^wbpf: cannot grant '.*none': there is no such file or directory\n$/);
  });
});
