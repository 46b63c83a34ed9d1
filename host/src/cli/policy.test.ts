import assert from "node:assert/strict";
import { temporaryFolder, wbpf } from "../testing/built.js";

describe("wbpf policy", () => {
  const { put, path } = temporaryFolder();
  const old = () =>
    put(
      "old.yaml",
      `version: 1
programs: { allow: [{ type: tracepoint, targets: [sched/*] }], helpers: { deny: [bpf_x] } }
host: { stdout: true }
`,
    );

  it("check takes policies, and tells everything that is wrong with others", async () => {
    const bad = put("bad.yaml", "version: 1\nhost: { stdout: 1 }\nnam: x\n");
    assert.deepEqual(await wbpf("policy", "check", old()), {
      code: 0,
      stdout: `${old()}: it is a policy\n`,
      stderr: "",
    });
    const ended = await wbpf("policy", "check", old(), bad, path("none.yaml"));
    assert.equal(ended.code, 1);
    assert.equal(ended.stdout, `${old()}: it is a policy\n`);
    assert.equal(
      ended.stderr,
      `wbpf: ${bad}:2:17: host.stdout: 1 is not true or false
wbpf: ${bad}:3:1: nam: there is no such key; did you mean 'name'?
wbpf: ${path("none.yaml")}: cannot be read: there is no such file
`,
    );
    const json = JSON.parse((await wbpf("policy", "check", "--json", bad)).stdout);
    assert.deepEqual(
      json[0].problems.map(({ line, column, key }: Record<string, unknown>) => [line, column, key]),
      [
        [2, 17, "host.stdout"],
        [3, 1, "nam"],
      ],
    );
  });

  it("diff says what is granted more and less", async () => {
    const next = put(
      "next.yaml",
      "version: 1\nprograms:\n  allow:\n    - { type: tracepoint, targets: [sched/x, syscalls/*] }\n",
    );
    const { code, stdout } = await wbpf("policy", "diff", old(), next);
    assert.equal(code, 1);
    assert.equal(
      stdout,
      `${next} grants more than ${old()}:
  + tracepoint syscalls/*  (${next}:4 programs.allow[0])
  + helper bpf_x, which was denied  (${old()}:2 programs.helpers.deny[0])

What it grants less:
  - tracepoint sched/*  (${old()}:2 programs.allow[0])
  - stdout  (${old()}:3 host.stdout)
`,
    );
    const same = await wbpf("policy", "diff", old(), old());
    assert.deepEqual(same, {
      code: 0,
      stdout: `${old()} grants nothing more than ${old()}.\n`,
      stderr: "",
    });
    const json = JSON.parse((await wbpf("policy", "diff", "--json", old(), next)).stdout);
    assert.equal(json.more[0].key, "programs.allow");
    assert.equal((await wbpf("policy", "diff", old())).code, 2);
    assert.equal((await wbpf("policy", "diff", old(), path("none"))).code, 1);
  });

  it("explain answers questions, with the grant that is missing", async () => {
    const { code, stdout } = await wbpf(
      ...["policy", "explain", "--policy", old()],
      ...["--use", "tracepoint=sched/x", "--use", "map=hash", "--use", "helper=bpf_x"],
    );
    assert.equal(code, 1);
    assert.equal(
      stdout,
      `  allowed  tracepoint program 'it'  (${old()}:2 programs.allow[0])
  allowed  tracepoint sched/x  (${old()}:2 programs.allow[0])
  DENIED   hash map 'it': map 'it' is of type hash, which is not granted  (maps.types)
  DENIED   helper bpf_x: the helper bpf_x is denied  (${old()}:2 programs.helpers.deny[0])

The smallest grant that is missing in ${old()}:

  maps:
    types: [hash]

No grant allows what a rule forbids; that rule would have to go:
  helper bpf_x  (${old()}:2 programs.helpers.deny[0])
`,
    );
    const allowed = await wbpf("policy", "explain", "--policy", old(), "--use", "stdout");
    assert.equal(allowed.code, 0);
    const wrong = await wbpf("policy", "explain", "--policy", old(), "--use", "nonsense");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^wbpf: --use nonsense: there is no grant of that kind/);
    assert.match((await wbpf("policy", "explain", "--policy", old())).stderr, /nothing to explain/);
  });

  it("has help with examples for each command", async () => {
    for (const command of [[], ["check"], ["diff"], ["explain"]]) {
      const { code, stdout } = await wbpf("policy", ...command, "--help");
      assert.equal(code, 0);
      assert.match(stdout, /^Examples:$/m);
    }
  });
});
