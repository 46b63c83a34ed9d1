import assert from "node:assert/strict";
import { parsePolicy } from "./parse.js";
import { PolicyError } from "./problem.js";

const parse = (body: string) => parsePolicy(`version: 1\n${body}`, "p.yaml");

function refused(text: string): PolicyError {
  try {
    parsePolicy(text, "p.yaml");
  } catch (error) {
    assert(error instanceof PolicyError, String(error));
    assert.equal(error.code, "POLICY_INVALID");
    assert.doesNotMatch(error.message, /\n/);
    return error;
  }
  throw new assert.AssertionError({ message: `it was taken: ${text}` });
}

describe("parsePolicy", () => {
  it("reads every key, with where it stands", () => {
    const { mode, allowAll, permissions, limits, name } = parse(`
name: whole
description: everything
mode: audit
programs:
  allow:
    - type: tracepoint
      targets: [sched/*]
    - { type: xdp, targets: [eth0], modes: [generic], sleepable: true }
  max: 2
  maxInstructions: 4096
  helpers: { allow: [bpf_map_*], deny: [bpf_ktime_get_ns] }
  kfuncs: [bpf_task_*]
  enforcement: [drop]
  testRun: true
  stats: false
maps: { types: [hash, "*array*"], max: 4, maxBytes: 2Mi, create: true, freeze: true }
pins: { own: ["*"], shared: [/sys/fs/bpf/x] }
host:
  stdout: true
  environment: [HOME]
  files: [{ path: /etc/hostname, access: read }]
  symbols: [/usr/lib/**]
limits: { memory: 16Mi, stack: 65536, cpu: 2s, callback: 500ms, wall: 1h, eventsPerSecond: 7, handles: 9, outputBytesPerSecond: 1Ki }
`);
    assert.deepEqual([name, mode, allowAll], ["p.yaml", "audit", false]);
    assert.deepEqual(permissions.programs, [
      {
        type: "tracepoint",
        targets: ["sched/*"],
        modes: undefined,
        sleepable: false,
        origin: "p.yaml:8 programs.allow[0]",
      },
      {
        type: "xdp",
        targets: ["eth0"],
        modes: ["generic"],
        sleepable: true,
        origin: "p.yaml:10 programs.allow[1]",
      },
    ]);
    assert.deepEqual(permissions.maxMapBytes, {
      value: 2 ** 21,
      origin: "p.yaml:18 maps.maxBytes",
    });
    assert.deepEqual(permissions.maxPrograms?.value, 2);
    assert.deepEqual(permissions.maxInstructions?.value, 4096);
    assert.deepEqual(
      permissions.helpers?.map(({ value }) => value),
      ["bpf_map_*"],
    );
    assert.deepEqual(
      permissions.deniedHelpers.map(({ value }) => value),
      ["bpf_ktime_get_ns"],
    );
    assert.deepEqual(permissions.kfuncs[0]?.origin, "p.yaml:14 programs.kfuncs[0]");
    assert.deepEqual(
      permissions.effects.map(({ value }) => value),
      ["drop"],
    );
    assert.deepEqual(
      permissions.mapTypes.map(({ value }) => value),
      ["hash", "*array*"],
    );
    assert.equal(permissions.maxMaps?.value, 4);
    assert.equal(permissions.createMaps?.value, true);
    assert.equal(permissions.ownPins.length + permissions.sharedPins.length, 2);
    assert.deepEqual(permissions.environment[0]?.value, "HOME");
    assert.deepEqual(permissions.files[0]?.value, { path: "/etc/hostname", access: "read" });
    assert.deepEqual(permissions.symbols[0]?.value, "/usr/lib/**");
    assert.deepEqual(
      [...permissions.switches],
      [
        ["test-run", "p.yaml:16 programs.testRun"],
        ["freeze", "p.yaml:18 maps.freeze"],
        ["stdout", "p.yaml:21 host.stdout"],
      ],
    );
    assert.deepEqual(
      Object.values(limits).map((limit) => limit?.value),
      [2 ** 24, 65_536, 2000, 500, 3_600_000, 7, 9, 1024],
    );
  });

  it("grants nothing that is not written", () => {
    const { permissions, mode } = parsePolicy("version: 1", "p.yaml");
    assert.equal(mode, "enforce");
    for (const [key, value] of Object.entries(permissions)) {
      const size = value instanceof Map ? value.size : (value as unknown[] | undefined)?.length;
      assert.ok(size === undefined || size === 0, key);
    }
  });

  it("is plain data, for a Worker", () => {
    const policy = parse("programs: { allow: [{ type: tracepoint }] }");
    assert.deepEqual(structuredClone(policy), policy);
  });

  const after = (body: string) => `version: 1\n${body}`;
  const cases: readonly [text: string, message: string | RegExp][] = [
    ["", "p.yaml: the file is empty; it has to begin with 'version: 1'"],
    ["# nothing\n", "p.yaml: the file is empty; it has to begin with 'version: 1'"],
    ["name: x", "p.yaml:1:1: 'version' is missing; write 'version: 1'"],
    ["version: 2", "p.yaml:1:10: version: 2 is not version 1, the one that this host reads"],
    ["version: '1'", /^p.yaml:1:10: version: '1' is not version 1/],
    ["[1]", "p.yaml:1:1: a list is not a policy"],
    ["just text", "p.yaml:1:1: 'just text' is not a policy"],
    [after("program: {}"), "p.yaml:2:1: program: there is no such key; did you mean 'programs'?"],
    [
      after("programs:\n  allow:\n    - typ: xdp\n      type: xdp"),
      "p.yaml:4:7: programs.allow[0].typ: there is no such key; did you mean 'type'?",
    ],
    [
      after("programs:\n  allow:\n    - targets: [a/b]"),
      "p.yaml:4:7: programs.allow[0]: 'type' is missing",
    ],
    [
      after("programs: { allow: [{ type: tracepiont }] }"),
      "p.yaml:2:29: programs.allow[0].type: 'tracepiont' is not a program type; did you mean 'tracepoint'?",
    ],
    [
      after("programs: { allow: [{ type: xdp, modes: [skb] }] }"),
      "p.yaml:2:42: programs.allow[0].modes[0]: 'skb' is not a mode; there are 'generic', 'native', 'offload', 'ingress', 'egress', 'primary', 'peer'",
    ],
    [
      after("programs: { allow: [{ type: xdp, modes: [ingress] }] }"),
      "p.yaml:2:42: programs.allow[0].modes[0]: 'ingress' is not a mode of xdp; there are 'generic', 'native', 'offload'",
    ],
    [
      after("programs: { allow: [{ type: kprobe, modes: [ingress] }] }"),
      /type kprobe has no modes; leave it out$/,
    ],
    [
      after("programs: { allow: [{ type: action, targets: [x] }] }"),
      /programs of type action have no targets; leave it out$/,
    ],
    [
      after("programs: { allow: {} }"),
      "p.yaml:2:20: programs.allow: a section of keys is not a list of grants",
    ],
    [after("programs: { allow: [xdp] }"), "p.yaml:2:21: programs.allow[0]: 'xdp' is not a grant"],
    [after("programs:"), "p.yaml:2:10: programs: nothing is not a section"],
    [after("programs: { max: -1 }"), /max: -1 is not a whole number from 0 to \d+$/],
    [after("programs: { max: many }"), "p.yaml:2:18: programs.max: 'many' is not a whole number"],
    [after("programs: { max: 1.5 }"), /1.5 is not a whole number$/],
    [after("programs: { max: .inf }"), /Infinity is not a whole number/],
    [after("programs: { enforcement: [dorp] }"), /'dorp' is not an effect; did you mean 'drop'\?$/],
    [
      after("programs: { helpers: { allow: [map_lookup_elem] } }"),
      /'map_lookup_elem' is no helper, whose names begin with bpf_; did you mean 'bpf_map_lookup_elem'\?$/,
    ],
    [
      after("programs: { allow: [{ type: tracepoint, targets: [sched_switch] }] }"),
      /'sched_switch' matches no target of tracepoint, which is category\/name; did you mean '\*\/sched_switch'\?$/,
    ],
    [
      after("programs: { allow: [{ type: uprobe, targets: [libc.so:malloc] }] }"),
      /'libc.so:malloc' is relative; an absolute path was expected/,
    ],
    [
      after("programs: { allow: [{ type: uprobe, targets: [/bin/sh] }] }"),
      /matches no target of uprobe/,
    ],
    [
      after("programs: { allow: [{ type: xdp, targets: [/dev/eth0] }] }"),
      /matches no target of xdp/,
    ],
    [
      after("programs: { allow: [{ type: cgroup_skb, targets: [system.slice] }] }"),
      /'system.slice' is relative/,
    ],
    [after("maps: { types: [hsah] }"), /'hsah' is not a type of maps; did you mean 'hash'\?$/],
    [after("maps: { types: ['q*q'] }"), /'q\*q' matches no type of maps$/],
    [
      after("maps: { maxBytes: 16MB }"),
      "p.yaml:2:19: maps.maxBytes: '16MB' is not a size in bytes, such as 65536, 64Ki, 16Mi or 1Gi",
    ],
    [
      after("limits: { callback: soon }"),
      /^p.yaml:2:21: limits.callback: 'soon' is not a duration, such as/,
    ],
    [after("host: { stdout: yes }"), "p.yaml:2:17: host.stdout: 'yes' is not true or false"],
    [
      after("host: { files: [{ path: etc/passwd, access: read }] }"),
      "p.yaml:2:25: host.files[0].path: 'etc/passwd' is relative; an absolute path was expected, because real paths are compared with it",
    ],
    [after("host: { files: [{ path: /a/../b, access: read }] }"), /real paths have no '.' or '..'/],
    [
      after("host: { files: [{ path: /a, access: execute }] }"),
      /'execute' is not an access; there are 'read', 'write'$/,
    ],
    [after("host: { environment: ['A=B'] }"), /not the name of a variable/],
    [after("pins: { own: [/sys/fs/bpf/x] }"), /is absolute; names under the module's own folder/],
    [after('name: "a\\u001b[31m"'), /^p.yaml:2:7: name: 'a\\u001b\[31m' is not a line of text$/],
    [after("name: x\nname: y"), "p.yaml:3:1: the key 'name' is written twice"],
    [after('name: "a\u202eb"'), /name: .* is not a line of text$/],
    [after("mode: warn"), "p.yaml:2:7: mode: 'warn' is not a mode; there are 'enforce', 'audit'"],
    [after("host: { stdout: true"), /^p.yaml:\d+:\d+: it is not YAML: /],
    [after("\tname: x"), /^p.yaml:2:\d+: it is not YAML: /],
    [
      after("name: &a x"),
      /^p.yaml:2:10: the anchor &a is not taken here: write out what it means$/,
    ],
    [after("name: *a"), /not YAML|alias/],
    [after("name: !!str 1"), /^p.yaml:2:13: the tag .* is not taken here$/],
    ["%YAML 1.1\n---\nversion: 1", /directives/],
    ["version: 1\n---\nversion: 1", "p.yaml:2:1: a second document begins here; one was expected"],
    [after("extends: base.yaml"), /^p.yaml:2:10: extends: only a policy that is read from a file/],
    [after("? [a, b]\n: 1"), "p.yaml:2:3: a key has to be a word"],
    [after("__proto__: { a: 1 }"), /__proto__: there is no such key/],
    [`version: 1\nname: ${"x".repeat(5000)}`, /name: it is longer than 4096 characters$/],
    [`version: ${"[".repeat(100_000)}`, "p.yaml: it is nested too deeply for a policy"],
    [`version:\n${"- ".repeat(100_000)}`, "p.yaml: it is nested too deeply for a policy"],
    [
      Array.from({ length: 3000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
      "p.yaml: it is nested too deeply for a policy",
    ],
  ];
  for (const [text, message] of cases) {
    const title = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    it(`refuses ${JSON.stringify(title)}`, () => {
      const { message: said } = refused(text);
      if (typeof message === "string") assert.equal(said, message);
      else assert.match(said, message);
    });
  }

  it("expands no aliases", () => {
    const bomb = Array.from(
      { length: 30 },
      (_, i) => `a${i}: &a${i} [${i === 0 ? "x" : `*a${i - 1}, *a${i - 1}`}]`,
    ).join("\n");
    assert.match(refused(`version: 1\n${bomb}`).message, /anchor &a0 is not taken/);
  });

  it("tells every problem, in the order of the file", () => {
    const error = refused("version: 1\nhost: { stdout: 1 }\nnam: x\nlimits: { memory: big }");
    assert.deepEqual(
      error.problems.map(({ line, key }) => [line, key]),
      [
        [2, "host.stdout"],
        [3, "nam"],
        [4, "limits.memory"],
      ],
    );
    assert.match(error.message, /\(and 2 more: wbpf policy check shows them\)$/);
  });
});

describe("parsePolicy, of files that were damaged", () => {
  const whole = `version: 1
programs:
  allow:
    - type: tracepoint
      targets: [sched/*, "a/b c"]
    - { type: xdp, targets: [eth0], modes: [generic] }
  max: 2
  helpers: { allow: [bpf_map_*] }
maps: { types: [hash], maxBytes: 2Mi }
host:
  files: [{ path: /etc/hostname, access: read }] # one
limits: { callback: 500ms }
`;
  const pieces = [
    ..."[]{}:,-#&*!|>'\"%@`?\n\t \\",
    ...[
      "null",
      "~",
      "1e999",
      "<<: ",
      "- - -",
      "? ",
      "&a ",
      "*a",
      "!!map ",
      "---\n",
      "\u0000",
      "\ud800",
    ],
    ...["__proto__: ", "constructor: ", "true", "[[", "version: 2\n", "\u2028", "é", "🐝"],
  ];

  it("takes them or says in one sentence what is wrong, and where", () => {
    let state = 42;
    const random = (bound: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % bound;
    };
    let taken = 0;
    for (let i = 0; i < 600; i++) {
      let text = whole;
      for (let edits = 1 + random(3); edits > 0; edits--) {
        const at = random(text.length);
        const cut = random(3) === 0 ? random(20) : 0;
        text = text.slice(0, at) + (pieces[random(pieces.length)] ?? "") + text.slice(at + cut);
      }
      try {
        parsePolicy(text, "p.yaml");
        taken++;
      } catch (error) {
        assert(error instanceof PolicyError, `${String((error as Error).stack)}\n${text}`);
        assert.match(error.message, /^p\.yaml(:\d+:\d+)?: [^\n]+$/, text);
      }
    }
    assert.ok(taken > 20 && taken < 560, `${taken}`);
  });
});
