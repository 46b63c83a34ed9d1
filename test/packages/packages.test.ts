import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whyNoKernel } from "../support/kernel.js";
import { Process, root } from "../support/wbpf.js";

/** npm's package name and the workspace that it is made of. */
const PACKAGES = {
  "@wbpf/sdk": "sdk",
  "@wbpf/host": "host",
  "@wbpf/codegen": "codegen",
  "create-wbpf": "templates",
};

/** Like `npm` typed by a user: nothing of the npm that runs this test reaches it. */
function npm(cwd: string, ...args: string[]): string {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")),
  );
  return execFileSync("npm", args, {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** A program that runs the new tool twice in one thread, until both have seen an event. */
const EMBEDDING = `
import { spawnSync } from "node:child_process";
import { loadPolicy, Module, SharedThread } from "@wbpf/host";

const module = await Module.load("build/my-tool.wasm");
const policy = await loadPolicy("my-tool.policy.yaml");
const thread = new SharedThread();
const seen = new Set();
const running = [1, 2].map((each) =>
  module.start({ thread, policy, stdout: (text) => /\\d+ true/.test(Buffer.from(text)) && seen.add(each) }));
while (seen.size < 2) {
  spawnSync("true");
  await new Promise((resolve) => setTimeout(resolve, 50));
}
await thread.close();
const results = await Promise.all(running.map(({ finished }) => finished));
console.log(results.map(({ kind }) => kind).join(" "));
`;

describe("the packages as npm packs them, in an empty folder", function () {
  this.timeout(300_000);
  let folder: string;
  const tarballs: Record<string, string> = {};

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "wbpf-packages-"));
    for (const [name, workspace] of Object.entries(PACKAGES)) {
      const [packed] = JSON.parse(
        npm(join(root, workspace), "pack", "--json", "--pack-destination", folder),
      ) as { filename: string }[];
      tarballs[name] = join(folder, (packed as { filename: string }).filename);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("carry what a user needs and none of our tests", () => {
    for (const [name, tarball] of Object.entries(tarballs)) {
      const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).split("\n");
      assert.deepEqual(
        files.filter((file) => /\.test\.|\/testing\/|tsbuildinfo/.test(file)),
        [],
        name,
      );
      assert.ok(files.includes("package/README.md"), `${name} has a README`);
    }
  });

  it("make, build and run a new tool", async () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    npm(
      empty,
      "install",
      "--no-save",
      "--no-package-lock",
      "--prefix",
      empty,
      tarballs["create-wbpf"] as string,
    );
    const made = spawnSync("npx", ["--no-install", "create-wbpf", "my-tool"], {
      cwd: empty,
      encoding: "utf8",
    });
    assert.equal(made.status, 0, made.stderr);

    const tool = join(empty, "my-tool");
    const manifest = JSON.parse(readFileSync(join(tool, "package.json"), "utf8"));
    for (const name of Object.keys(manifest.devDependencies))
      manifest.devDependencies[name] = `file:${tarballs[name]}`;
    writeFileSync(join(tool, "package.json"), JSON.stringify(manifest));
    npm(tool, "install");
    const wbpf = join(tool, "node_modules/.bin/wbpf");
    const built = spawnSync(wbpf, ["build"], { cwd: tool, encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr + built.stdout);
    const least = spawnSync(wbpf, ["policy", "generate", "build/my-tool.wasm"], {
      cwd: tool,
      encoding: "utf8",
    });
    assert.equal(least.stdout, readFileSync(join(tool, "my-tool.policy.yaml"), "utf8"));
    if (whyNoKernel()) return;

    const running = new Process(
      wbpf,
      ["run", "--policy", "my-tool.policy.yaml", "build/my-tool.wasm"],
      {
        cwd: tool,
      },
    );
    let seen: RegExpExecArray | undefined;
    const looking = running.printed(/^\d+ true$/m).then((match) => {
      seen = match;
    });
    for (let tries = 0; tries < 200 && !seen; tries++) {
      spawnSync("true");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await looking;
    assert.equal((await running.stop()).code, 0);

    const shared = spawnSync(wbpf, ["build", "--shared"], { cwd: tool, encoding: "utf8" });
    assert.equal(shared.status, 0, shared.stderr + shared.stdout);
    writeFileSync(join(tool, "embed.mjs"), EMBEDDING);
    const embedding = await new Process(process.execPath, ["embed.mjs"], { cwd: tool }).ended;
    assert.deepEqual(
      { stdout: embedding.stdout, code: embedding.code },
      { stdout: "exit exit\n", code: 0 },
      embedding.stderr,
    );
  });

  it("run a module with nothing but the host installed", () => {
    const bare = join(folder, "bare");
    mkdirSync(bare);
    writeFileSync(join(bare, "package.json"), "{}");
    npm(bare, "install", tarballs["@wbpf/host"] as string);
    const version = spawnSync(join(bare, "node_modules/.bin/wbpf"), ["--version"], {
      encoding: "utf8",
    });
    assert.match(version.stdout, /^\d+\.\d+\.\d+/);
    const build = spawnSync(join(bare, "node_modules/.bin/wbpf"), ["build"], {
      cwd: bare,
      encoding: "utf8",
    });
    assert.equal(build.status, 1);
    assert.match(build.stderr, /npm install .*@wbpf\/codegen/);
  });
});
