import assert from "node:assert/strict";
import { type AuditRecord, Module, ModuleError, type PermissionsDocument } from "@wbpf/host";
import { compileSource } from "../../backend/testing/compile.js";
import { buildWasm, type WasmParts } from "../../testing/wasm-builder.js";
import { parsePolicy } from "../file/parse.js";
import { DEFAULT_POLICY } from "../model/defaults.js";
import { findPermissions } from "./manifest.js";

const PRELUDE = `
  #include <linux/bpf.h>
  #include <bpf/bpf_helpers.h>
  #define NOINLINE __attribute__((noinline))
  char LICENSE[] SEC("license") = "GPL";`;
const FIRST = compileSource(
  `${PRELUDE}
  struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __type(key, __u32); __type(value, __u64); __uint(pinning, 1); } kept SEC(".maps");
  NOINLINE static long deep(long x) { return bpf_send_signal(x); }
  SEC("tp/sched/sched_switch") int watch(void *ctx) { __u32 k = 1; return bpf_map_lookup_elem(&kept, &k) ? deep(9) : 0; }
  SEC("?xdp") int drop(void *ctx) { return 1; }`,
  "generated-first",
);
const SECOND = compileSource(
  `${PRELUDE} SEC("raw_tp/sys_enter") int second(void *ctx) { return bpf_ktime_get_ns() & 1; }`,
  "generated-second",
);
const LOADS = ["wbpf", "object_load", "i:i"] as const;
const ATTACHES = ["wbpf", "program_attach", "i:i"] as const;
const ANYWHERE = ["wbpf", "program_attach_to", "iiii:i"] as const;
const SETS = ["wbpf", "program_set", "iii:i"] as const;
const CLOCK = ["wasi_snapshot_preview1", "clock_time_get", "iIi:i"] as const;

const both = [
  { offset: 1024, bytes: FIRST },
  { offset: 65_536, bytes: SECOND },
];
const wasm = (parts: WasmParts, permissions?: PermissionsDocument) =>
  buildWasm({
    memory: { pages: 4 },
    custom: [["wbpf", JSON.stringify({ abi: 1, name: "tool", permissions })]],
    ...parts,
  });
const least = async (parts: WasmParts, permissions?: PermissionsDocument) =>
  (await Module.fromBytes(wasm(parts, permissions), { name: "tool.wasm" })).leastPolicy();

describe("the least policy of a module", () => {
  it("has what the objects contain, and what the module can do with them", async () => {
    const { document, text } = await least({ imports: [LOADS, ATTACHES, CLOCK], data: both });
    assert.deepEqual(document, {
      name: "tool",
      programs: {
        allow: [
          { type: "raw_tracepoint", targets: ["sys_enter"] },
          { type: "tracepoint", targets: ["sched/sched_switch"] },
        ],
        max: 2,
        maxInstructions: document.programs?.maxInstructions,
        helpers: { allow: ["bpf_ktime_get_ns", "bpf_map_lookup_elem", "bpf_send_signal"] },
        enforcement: ["send_signal"],
      },
      maps: { types: ["hash"], max: 1, maxBytes: document.maps?.maxBytes },
      pins: { own: ["kept"] },
      host: { clock: true },
    });
    // What is written is a policy that grants the same.
    const policy = parsePolicy(text, "tool.policy.yaml");
    assert.equal(policy.permissions.programs.length, 2);
  });

  it("says what only a run can tell, and takes the author's word to narrow it", async () => {
    const parts = { imports: [LOADS, ANYWHERE, SETS], data: both };
    const open = await least(parts);
    assert.deepEqual(
      open.document.programs?.allow?.find(({ type }) => type === "xdp"),
      { type: "xdp", targets: ["**"] },
    );
    assert.match(
      open.text,
      /# Where it attaches is known only when it runs: narrow '\*\*'\.\n.*xdp/,
    );
    const said = { programs: { allow: [{ type: "xdp", targets: ["eth*"], modes: ["generic"] }] } };
    const narrow = await least(parts, said);
    assert.deepEqual(
      narrow.document.programs?.allow?.find(({ type }) => type === "xdp"),
      said.programs.allow[0],
    );
    assert.deepEqual(narrow.document.programs?.enforcement, ["drop", "redirect", "send_signal"]);
  });

  it("is for what was recorded, if there is a record", async () => {
    const module = await Module.fromBytes(wasm({ data: both }), { name: "tool.wasm" });
    const { document } = await module.leastPolicy([
      { kind: "program", program: "second", type: "raw_tracepoint", sleepable: false },
      { kind: "helper", program: "second", name: "bpf_ktime_get_ns" },
      { kind: "quota", quota: "programs", amount: 1 },
    ]);
    assert.deepEqual(document, {
      name: "tool",
      programs: {
        allow: [{ type: "raw_tracepoint" }],
        max: 1,
        maxInstructions: document.programs?.maxInstructions,
        helpers: { allow: ["bpf_ktime_get_ns"] },
      },
    });
  });
});

describe("a manifest", () => {
  const start = async (parts: WasmParts, permissions: PermissionsDocument) =>
    (await Module.fromBytes(wasm(parts, permissions), { name: "tool.wasm" })).start({
      policy: DEFAULT_POLICY,
    });

  it("is what the build writes, with what the author says", async () => {
    const parts = { imports: [LOADS, ANYWHERE, SETS], data: both };
    const permissions = await findPermissions({
      wasm: wasm(parts),
      objects: [],
      said: {
        file: "permissions.yaml",
        text: "version: 1\nprograms: { allow: [{ type: xdp, targets: [eth0] }] }\nhost: { environment: [HOME] }",
      },
    });
    assert.deepEqual(
      permissions?.programs?.allow?.find(({ type }) => type === "xdp"),
      { type: "xdp", targets: ["eth0"] },
    );
    assert.deepEqual(permissions?.host?.environment, ["HOME"]);
    // And it is true of the module that it was written for.
    await (await start({ ...parts, start: [] }, permissions ?? {})).finished;
  });

  it("that does not say what a module contains is a lie, and the module does not start", async () => {
    const parts = { imports: [LOADS, ATTACHES], data: both };
    const whole =
      (await findPermissions({ wasm: wasm(parts), objects: [], said: undefined })) ?? {};
    const { programs, maps } = whole;
    const lies: [PermissionsDocument, RegExp][] = [
      [{ ...whole, programs: { ...programs, enforcement: [] } }, /'watch' could send signals/],
      [{ ...whole, maps: { ...maps, types: ["array"] } }, /'kept' is of type hash/],
      [{ ...whole, pins: {} }, /the pin 'kept'/],
      [
        { ...whole, programs: { ...programs, allow: programs?.allow?.slice(1) ?? [] } },
        /'second' is of type raw_tracepoint/,
      ],
      [
        { ...whole, programs: { ...programs, helpers: { allow: [] } } },
        /the helper bpf_\w+ is not/,
      ],
    ];
    for (const [lie, message] of lies) {
      await assert.rejects(start(parts, lie), (error) => {
        assert(error instanceof ModuleError);
        assert.equal(error.code, "MODULE_MANIFEST");
        assert.match(error.message, /^cannot run tool\.wasm: the manifest lies: /);
        assert.match(error.message, message);
        return true;
      });
    }
  });

  it("does not cover an object that cannot be read, and that is recorded", async () => {
    const broken = Uint8Array.from(FIRST);
    // The magic numbers of its BTF.
    const buffer = Buffer.from(broken.buffer);
    for (
      let at = buffer.indexOf("9feb0100", 0, "hex");
      at >= 0;
      at = buffer.indexOf("9feb0100", at, "hex")
    )
      buffer.fill(0, at, at + 4);
    const module = await Module.fromBytes(
      wasm({ imports: [LOADS], data: [{ offset: 1024, bytes: broken }] }, { maps: {} }),
      { name: "tool.wasm" },
    );
    const records: AuditRecord[] = [];
    assert.throws(
      () => module.start({ policy: DEFAULT_POLICY, audit: (record) => void records.push(record) }),
      (error) => {
        assert(error instanceof ModuleError, String(error));
        assert.equal(error.code, "MODULE_MANIFEST");
        assert.match(
          error.message,
          /^cannot run tool\.wasm: a BPF object in it cannot be compared/,
        );
        return true;
      },
    );
    assert.deepEqual(
      records.map(({ call, target, verdict }) => ({ call, target, verdict })),
      [{ call: "start", target: "a BPF object that cannot be read", verdict: "deny" }],
    );
  });

  it("that is no policy is refused with the module", async () => {
    for (const permissions of [[], { programs: { alow: [] } }, { limits: {} }, { maps: 3 }]) {
      await assert.rejects(start({}, permissions as PermissionsDocument), {
        code: "MODULE_BAD_SECTION",
      });
    }
  });
});
