import assert from "node:assert/strict";
import { temporaryFolder, wbpf } from "../testing/built.js";
import { buildWasm } from "../testing/wasm-builder.js";

describe("wbpf run's flags of a policy", () => {
  const { put, path } = temporaryFolder();
  const module = () => put("x.wasm", buildWasm());
  const policy = () => put("p.yaml", "version: 1\nhost: { stdout: true }");

  it("takes a policy and grants", async () => {
    const flags = ["--policy", policy(), "--allow", "clock", "--allow", "map", "--mode", "audit"];
    assert.deepEqual(await wbpf("run", ...flags, module()), { code: 0, stdout: "", stderr: "" });
  });

  it("says aloud that everything is allowed", async () => {
    const { code, stderr } = await wbpf("run", "--allow-all", module());
    assert.equal(code, 0);
    assert.equal(
      stderr,
      "wbpf: --allow-all: no policy is in force; x.wasm may do whatever this user may\n",
    );
  });

  it("answers what is wrong with one sentence, before it looks at the module", async () => {
    const bad = put("bad.yaml", "version: 1\nhosts: {}");
    const cases: [flags: string[], code: number, stderr: RegExp][] = [
      [
        ["--allow", "tracepiont"],
        2,
        /^wbpf: --allow tracepiont: there is no grant of that kind; did/,
      ],
      [["--mode", "warn"], 2, /^wbpf: option '--mode <mode>' argument 'warn' is invalid/],
      [["--allow-all", "--policy", policy()], 2, /^wbpf: --allow-all .* leave out --policy/],
      [["--allow-all", "--allow", "clock"], 2, /leave out --allow, or/],
      [
        ["--policy", bad],
        1,
        /bad\.yaml:2:1: hosts: there is no such key; did you mean 'host'\?\n$/,
      ],
      [["--policy", path("none")], 1, /none: cannot be read: there is no such file\n$/],
    ];
    for (const [flags, code, pattern] of cases) {
      const ended = await wbpf("run", ...flags, path("no.wasm"));
      assert.match(ended.stderr, pattern);
      assert.equal(ended.code, code);
      assert.doesNotMatch(ended.stderr, /\n {4}at |no\.wasm/);
    }
  });

  it("explains the grammar in its help", async () => {
    const { stdout } = await wbpf("run", "--help");
    assert.match(stdout, /--allow TYPE\[\.s\]\[\/MODE\]\[=TARGET\]/);
  });
});
