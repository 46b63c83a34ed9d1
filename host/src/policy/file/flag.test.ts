import assert from "node:assert/strict";
import { UsageError } from "../../errors.js";
import { temporaryFolder } from "../../testing/built.js";
import { decide } from "../decide/decide.js";
import type { Use } from "../model/use.js";
import { buildPolicy } from "./build.js";
import { FLAG_KINDS, grantOfFlag } from "./flag.js";

describe("--allow", () => {
  const cases: readonly [text: string, grant: object][] = [
    ["tracepoint=sched/*", { programs: { allow: [{ type: "tracepoint", targets: ["sched/*"] }] } }],
    ["kprobe", { programs: { allow: [{ type: "kprobe", targets: ["**"] }] } }],
    ["syscall", { programs: { allow: [{ type: "syscall" }] } }],
    [
      "xdp/native=eth0",
      { programs: { allow: [{ type: "xdp", targets: ["eth0"], modes: ["native"] }] } },
    ],
    [
      "lsm.s=file_open",
      { programs: { allow: [{ type: "lsm", targets: ["file_open"], sleepable: true }] } },
    ],
    [
      "uprobe=/opt/a,b=c:main",
      { programs: { allow: [{ type: "uprobe", targets: ["/opt/a,b=c:main"] }] } },
    ],
    ["map=hash", { maps: { types: ["hash"] } }],
    ["map", { maps: { types: ["*"] } }],
    ["create-maps", { maps: { create: true } }],
    ["freeze", { maps: { freeze: true } }],
    ["helper=bpf_map_*", { programs: { helpers: { allow: ["bpf_map_*"] } } }],
    ["kfunc=bpf_rdonly_cast", { programs: { kfuncs: ["bpf_rdonly_cast"] } }],
    ["enforcement=drop", { programs: { enforcement: ["drop"] } }],
    ["env=HOME", { host: { environment: ["HOME"] } }],
    ["read=/etc/x", { host: { files: [{ path: "/etc/x", access: "read" }] } }],
    ["write=/tmp/**", { host: { files: [{ path: "/tmp/**", access: "write" }] } }],
    ["symbols=/bin/sh", { host: { symbols: ["/bin/sh"] } }],
    ["pin=counts", { pins: { own: ["counts"] } }],
    ["shared-pin=/sys/fs/bpf/x", { pins: { shared: ["/sys/fs/bpf/x"] } }],
    ["clock", { host: { clock: true } }],
    ["test-run", { programs: { testRun: true } }],
  ];
  for (const [text, grant] of cases) {
    it(`${text} grants one thing`, () => assert.deepEqual(grantOfFlag(text), grant));
  }

  it("has a test for each kind but the plain switches", () => {
    const tested = new Set(cases.map(([text]) => text.replace(/[=/.].*/s, "")));
    for (const [kind, value] of FLAG_KINDS) if (value !== undefined) assert(tested.has(kind), kind);
  });

  const refused: readonly [text: string, message: RegExp][] = [
    [
      "tracepiont",
      /^--allow tracepiont: there is no grant of that kind; did you mean 'tracepoint'/,
    ],
    ["", /there is no grant of that kind; a program type such as tracepoint, or one of map, /],
    ["Kprobe", /there is no grant of that kind; did you mean 'kprobe'/],
    ["clock=1", /^--allow clock=1: clock takes no value$/],
    ["env", /^--allow env: the name of a variable was expected: --allow env=…$/],
    ["env=", /nothing comes after '='/],
    ["map/x=hash", /only program types take '.s' and '\/MODE', and map is none/],
    ["map=hahs", /'hahs' is not a type of maps; did you mean 'hash'/],
    ["xdp/skb=eth0", /'skb' is not a mode/],
    ["xdp/ingress=eth0", /'ingress' is not a mode of xdp/],
    ["enforcement=drp", /'drp' is not an effect; did you mean 'drop'/],
    ["read=etc/x", /'etc\/x' is relative/],
    ["tracepoint=sched_switch", /did you mean '\*\/sched_switch'/],
    ["syscall=x", /programs of type syscall have no targets/],
    ["__proto__", /there is no grant of that kind/],
  ];
  for (const [text, message] of refused) {
    it(`refuses '${text}'`, () => {
      assert.throws(
        () => grantOfFlag(text),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }
});

describe("buildPolicy", () => {
  const { put } = temporaryFolder();
  const helper: Use = { kind: "helper", program: "p", name: "bpf_ktime_get_ns" };

  it("adds flags to printing, or to a file, and takes another mode", async () => {
    const bare = await buildPolicy(undefined, ["clock"], "audit");
    assert.deepEqual([...bare.permissions.switches.keys()].sort(), ["clock", "stderr", "stdout"]);
    assert.deepEqual([bare.mode, bare.allowAll], ["audit", false]);
    const file = put(
      "p.yaml",
      "version: 1\nmode: audit\nprograms: { helpers: { allow: [bpf_map_*] } }",
    );
    const listed = await buildPolicy(file, ["map=hash", "env=HOME"], undefined);
    assert.equal(listed.mode, "audit");
    assert.deepEqual(listed.permissions.environment, [
      { value: "HOME", origin: "--allow env=HOME" },
    ]);
    assert.equal(decide(listed.permissions, helper).allowed, false);
    const more = await buildPolicy(file, ["helper=bpf_ktime_*"], undefined);
    assert.equal(decide(more.permissions, helper).allowed, true);
  });

  it("does not make fewer helpers of one more", async () => {
    const { permissions } = await buildPolicy(undefined, ["helper=bpf_map_*"], undefined);
    assert.equal(decide(permissions, helper).allowed, true);
  });
});
