import assert from "node:assert/strict";
import { compileSource } from "../backend/testing/compile.js";
import { temporaryFolder, wbpf } from "../testing/built.js";
import { ABI_1, buildWasm } from "../testing/wasm-builder.js";
import { sha256 } from "./hash.js";
import { inspectFile, type ModuleInspection } from "./inspect.js";

const SOURCE = `
  #include <linux/bpf.h>
  #include <bpf/bpf_helpers.h>
  struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __type(key, __u32); __type(value, __u64); } start SEC(".maps");
  SEC("tp/sched/sched_process_exec") int on_exec(void *ctx) { return 0; }
  SEC("xdp") int drop(void *ctx) { return 1; }
  char LICENSE[] SEC("license") = "GPL";`;

describe("inspect", () => {
  const { put } = temporaryFolder();
  const object = compileSource(SOURCE, "inspect");
  const described = (sum: string) =>
    [
      "wbpf",
      JSON.stringify({
        abi: 1,
        sdk: "0.1.0",
        objects: [{ name: "tool", size: object.length, sha256: sum }],
      }),
    ] as const;

  const inspectModule = async (
    parts: Parameters<typeof buildWasm>[0],
  ): Promise<ModuleInspection> => {
    const found = await inspectFile(put("tool.wasm", buildWasm(parts)));
    assert(found.kind === "module");
    return found;
  };

  it("shows a BPF object", async () => {
    const found = await inspectFile(put("tool.bpf.o", object));
    assert(found.kind === "object");
    assert.equal(found.name, "tool");
    assert.equal(found.size, object.length);
    assert.equal(found.license, "GPL");
    assert.deepEqual(
      found.programs.map(({ name, section, type, target }) => [name, section, type, target]),
      [
        ["on_exec", "tp/sched/sched_process_exec", "tracepoint", "sched/sched_process_exec"],
        ["drop", "xdp", "xdp", null],
      ],
    );
    assert.deepEqual(
      found.maps.map(({ name, type, keySize, valueSize, maxEntries }) => [
        name,
        type,
        keySize,
        valueSize,
        maxEntries,
      ]),
      [["start", "hash", 4, 8, 16]],
    );
  });

  it("finds the objects in a module's memory, wherever an optimiser cut it", async () => {
    const half = object.length >> 1;
    for (const data of [
      [{ offset: 1030, bytes: object }],
      [
        { offset: 8, bytes: object.subarray(0, half) },
        { offset: 8 + half, bytes: object.subarray(half) },
      ],
    ]) {
      const found = await inspectModule({ data, custom: [described(sha256(object))] });
      assert.deepEqual(
        found.objects.map(({ name, sha256: sum }) => [name, sum]),
        [["tool", sha256(object)]],
      );
      assert.deepEqual(found.warnings, []);
      assert.deepEqual([found.abi, found.sdk], [1, "0.1.0"]);
    }
  });

  it("says when a module carries something other than it says", async () => {
    const data = [{ offset: 8, bytes: object }];
    const wrong = await inspectModule({ data, custom: [described("0".repeat(64))] });
    assert.equal(wrong.warnings.length, 2);
    assert.match(wrong.warnings[0] ?? "", /says that it carries 'tool'.*no such object/);
    assert.match(wrong.warnings[1] ?? "", /does not name/);
    const silent = await inspectModule({ data });
    assert.equal(silent.warnings.length, 1);
    assert.equal(silent.abi, null);
    const broken = await inspectModule({ custom: [["wbpf", "{"]] });
    assert.match(broken.warnings[0] ?? "", /custom section 'wbpf' is not JSON/);
  });

  it("takes no memory for hostile offsets and broken headers", async () => {
    const header = Buffer.from(object.subarray(0, 64));
    header.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, 40);
    const cut = object.subarray(0, object.length - 10);
    for (const data of [
      [{ offset: -16, bytes: object }],
      [{ offset: 8, bytes: header }],
      [{ offset: 8, bytes: cut.subarray(0, 70) }],
    ]) {
      const found = await inspectModule({ data, custom: [ABI_1] });
      assert.deepEqual(found.objects, []);
    }
  });

  it("lists imports and exports, also of a module that could not run here", async () => {
    const found = await inspectModule({ imports: [["env", "anything", "iIfF:I"]] });
    assert.deepEqual(found.imports, [
      { module: "env", name: "anything", kind: "function", type: "iIfF:I" },
    ]);
    assert.deepEqual(found.exports, [
      { name: "memory", kind: "memory" },
      { name: "_start", kind: "function" },
    ]);
  });

  it("prints text for people and JSON for programs", async () => {
    const file = put(
      "both.wasm",
      buildWasm({ data: [{ offset: 8, bytes: object }], custom: [described(sha256(object))] }),
    );
    const text = await wbpf("inspect", file);
    assert.equal(text.code, 0);
    assert.match(text.stdout, /^both\.wasm: Wasm module, \d+ bytes, wbpf ABI 1, SDK 0\.1\.0\n/);
    assert.match(text.stdout, /on_exec +tp\/sched\/sched_process_exec +tracepoint/);
    assert.match(text.stdout, /start +hash +key 4 +value 8 +max 16/);
    const json = JSON.parse((await wbpf("inspect", "--json", file)).stdout) as ModuleInspection;
    assert.equal(json.objects[0]?.programs[0]?.name, "on_exec");
  });
});
