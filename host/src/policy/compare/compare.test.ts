import assert from "node:assert/strict";
import { parsePolicy } from "../file/parse.js";
import { grantedMore } from "./compare.js";

const policy = (body: string, name = "p") => parsePolicy(`version: 1\n${body}`, name);
const more = (before: string, next: string): string[] =>
  grantedMore(policy(before, "old"), policy(next, "new")).map(({ key, text }) => `${key}: ${text}`);

describe("grantedMore", () => {
  const tracepoint = (targets: string) =>
    `programs: { allow: [{ type: tracepoint, targets: [${targets}] }] }`;
  const cases: readonly [title: string, before: string, next: string, expected: string[]][] = [
    [
      "a target",
      tracepoint("sched/*"),
      tracepoint("sched/a, syscalls/b"),
      ["programs.allow: tracepoint syscalls/b"],
    ],
    [
      "a wider pattern",
      tracepoint("sched/a*"),
      tracepoint("sched/*"),
      ["programs.allow: tracepoint sched/*"],
    ],
    [
      "the same in two grants",
      tracepoint("a/*, b/*"),
      "programs: { allow: [{ type: tracepoint, targets: [b/*] }, { type: tracepoint, targets: [a/x] }] }",
      [],
    ],
    [
      "a type",
      tracepoint("a/*"),
      "programs: { allow: [{ type: lsm, targets: [file_open] }] }",
      ["programs.allow: lsm programs", "programs.allow: lsm file_open"],
    ],
    [
      "sleeping",
      "programs: { allow: [{ type: lsm }] }",
      "programs: { allow: [{ type: lsm, sleepable: true }] }",
      ["programs.allow: sleepable lsm programs"],
    ],
    [
      "a mode",
      "programs: { allow: [{ type: xdp, targets: [eth0], modes: [generic] }] }",
      "programs: { allow: [{ type: xdp, targets: [eth0], modes: [generic, native] }] }",
      ["programs.allow: xdp eth0 (native)"],
    ],
    [
      "every mode",
      "programs: { allow: [{ type: xdp, targets: [eth0], modes: [generic, native, offload] }] }",
      "programs: { allow: [{ type: xdp, targets: [eth0] }] }",
      ["programs.allow: xdp eth0"],
    ],
    [
      "fewer modes",
      "programs: { allow: [{ type: xdp, targets: [eth0] }] }",
      "programs: { allow: [{ type: xdp, targets: [eth0], modes: [generic] }] }",
      [],
    ],
    [
      "a bound that is gone",
      "programs: { max: 2 }",
      "",
      ["programs.max: no bound of programs, against 2"],
    ],
    [
      "a bound that is raised",
      "maps: { maxBytes: 1Ki }",
      "maps: { maxBytes: 2Ki }",
      ["maps.maxBytes: 2048 bytes of maps, against 1024"],
    ],
    [
      "a bound that is new or lower",
      "maps: { max: 9 }",
      "programs: { max: 1 }\nmaps: { max: 1 }",
      [],
    ],
    [
      "a helper",
      "programs: { helpers: { allow: [bpf_map_*] } }",
      "programs: { helpers: { allow: [bpf_map_lookup_elem, bpf_get_*] } }",
      ["programs.helpers.allow: helper bpf_get_*"],
    ],
    [
      "helpers without a list",
      "programs: { helpers: { allow: [bpf_map_*] } }",
      "",
      ["programs.helpers.allow: every helper without an effect, against a list"],
    ],
    ["a list instead of all", "", "programs: { helpers: { allow: [bpf_map_*] } }", []],
    [
      "any helper, known or not",
      "",
      "programs: { helpers: { allow: ['*'] } }",
      ["programs.helpers.allow: helper *"],
    ],
    [
      "a helper that was denied",
      "programs: { helpers: { deny: [bpf_a, bpf_b] } }",
      "programs: { helpers: { deny: [bpf_a*] } }",
      ["programs.helpers.deny: helper bpf_b, which the other denies"],
    ],
    [
      "effects and kfuncs",
      "programs: { enforcement: [drop], kfuncs: [bpf_a] }",
      "programs: { enforcement: [drop, deny], kfuncs: [bpf_a, bpf_b] }",
      ["programs.kfuncs: kfunc bpf_b", "programs.enforcement: enforcement deny"],
    ],
    [
      "maps",
      "maps: { types: [hash] }",
      "maps: { types: [hash, array], create: true, freeze: true }",
      ["maps.types: map array", "maps.create: maps at run time", "maps.freeze: freeze"],
    ],
    [
      "pins",
      "pins: { own: [a] }",
      "pins: { own: [a, b], shared: [/sys/fs/bpf/x] }",
      ["pins.own: pin b", "pins.shared: shared pin /sys/fs/bpf/x"],
    ],
    [
      "files",
      "host: { files: [{ path: /a, access: write }, { path: /b/**, access: read }] }",
      "host: { files: [{ path: /a, access: read }, { path: /b/c, access: write }] }",
      ["host.files: write /b/c"],
    ],
    [
      "the host",
      "host: { stdout: true }",
      "host: { stdout: true, clock: true, environment: [HOME], symbols: [/bin/sh] }",
      ["host.environment: variable HOME", "host.symbols: symbols of /bin/sh", "host.clock: clock"],
    ],
    [
      "limits",
      "limits: { memory: 1Mi, callback: 1s }",
      "limits: { callback: 2s }",
      [
        "limits.memory: no bound of bytes of memory, against 1048576",
        "limits.callback: 2000 ms between waits, against 1000",
      ],
    ],
    ["audit", "", "mode: audit", ["mode: audit: nothing is denied any more"]],
    ["less", `${tracepoint("a/*")}\nhost: { clock: true }`, "", []],
  ];
  for (const [title, before, next, expected] of cases) {
    it(`finds ${title}`, () => assert.deepEqual(more(before, next), expected));
  }

  it("says where it is granted", () => {
    const [found] = grantedMore(policy(""), policy(tracepoint("a/b"), "new.yaml"));
    assert.equal(found?.origin, "new.yaml:2 programs.allow[0]");
  });

  it("finds nothing between a policy and itself", () => {
    const text = `${tracepoint("a/*, b/c")}\nlimits: { memory: 1Mi }\nhost: { files: [{ path: /a, access: write }] }`;
    assert.deepEqual(more(text, text), []);
  });
});
