import assert from "node:assert/strict";
import { compileSource } from "../backend/testing/compile.js";
import { temporaryFolder, wbpf } from "../testing/built.js";
import { compileGuest } from "../testing/guest.js";

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
      `${next} has more than ${old()}:
  + tracepoint syscalls/*  (${next}:4 programs.allow[0])
  + helper bpf_x, which the other denies  (${old()}:2 programs.helpers.deny[0])

What it has less:
  - tracepoint sched/*  (${old()}:2 programs.allow[0])
  - stdout  (${old()}:3 host.stdout)
`,
    );
    const same = await wbpf("policy", "diff", old(), old());
    assert.deepEqual(same, {
      code: 0,
      stdout: `${old()} has nothing more than ${old()}.\n`,
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

  const tool = async (name: string, section: string) => {
    const object = compileSource(
      `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, int); __type(value, int); } seen SEC(".maps");
SEC("${section}") int watch(void *ctx) { int key = bpf_ktime_get_ns(); return bpf_map_update_elem(&seen, &key, &key, 0); }
char LICENSE[] SEC("license") = "GPL";`,
      "policy-tool",
    );
    const source = "object_load(object_open(OBJECT, OBJECT_SIZE, 0, 0)); print(lastError());";
    const { wasm } = await compileGuest(source, { object });
    return put(name, wasm);
  };

  it("explain and diff look into modules and their objects", async () => {
    const first = await tool("first.wasm", "tp/sched/sched_switch");
    const second = await tool("second.wasm", "kprobe/do_exit");
    const policy = put("tool.yaml", "version: 1\nhost: { stdout: true, stderr: true }\n");
    const explained = await wbpf("policy", "explain", first, "--policy", policy);
    assert.equal(explained.code, 1, explained.stderr);
    assert.match(explained.stdout, /^ {2}allowed {2}stdout {2}\(.*tool\.yaml:2 host\.stdout\)$/m);
    assert.match(explained.stdout, /^ {2}DENIED {3}tracepoint program 'watch': .* is not granted/m);
    assert.match(explained.stdout, /^ {2}DENIED {3}hash map 'seen'/m);
    // What it prints is enough, as it says.
    const [, grants = ""] = explained.stdout.split(/The smallest grant that is missing in .*:\n\n/);
    const more = put(
      "more.yaml",
      `version: 1\nextends: tool.yaml\n${grants.replace(/^ {2}/gm, "")}`,
    );
    const enough = await wbpf("policy", "explain", first, "--policy", more);
    assert.deepEqual([enough.code, enough.stderr], [0, ""]);
    assert.doesNotMatch(enough.stdout, /DENIED/);

    const diff = await wbpf("policy", "diff", first, second);
    assert.equal(diff.code, 1, diff.stderr);
    assert.match(diff.stdout, /^ {2}\+ kprobe programs/m);
    assert.match(diff.stdout, /^ {2}- tracepoint programs/m);
    assert.equal((await wbpf("policy", "diff", first, first)).code, 0);
    assert.match((await wbpf("policy", "diff", policy, first)).stdout, /^ {2}\+ map hash/m);
  });

  it("has help with examples for each command", async () => {
    for (const command of [[], ["check"], ["diff"], ["explain"]]) {
      const { code, stdout } = await wbpf("policy", ...command, "--help");
      assert.equal(code, 0);
      assert.match(stdout, /^Examples:$/m);
    }
  });
});
