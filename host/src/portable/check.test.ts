import assert from "node:assert/strict";
import { checkPortable, type PortableModule } from "./check.js";
import { formatPortability } from "./format.js";
import { ALL_HOSTS, type PortableHost } from "./hosts.js";

/** A module that runs everywhere: what each case below breaks one thing of. */
const GOOD = {
  imports: [
    { module: "wasm_bpf", name: "wasm_load_bpf_object", kind: "function", signature: "ii:I" },
    { module: "wasm_bpf", name: "wasm_bpf_map_operate", kind: "function", signature: "iiiiiI:i" },
    { module: "wasm_bpf", name: "wasm_bpf_buffer_poll", kind: "function", signature: "Iiiiiii:i" },
    { module: "wasi_snapshot_preview1", name: "fd_write", kind: "function", signature: "iiii:i" },
  ],
  exports: [
    { name: "memory", kind: "memory" },
    { name: "_start", kind: "function" },
    { name: "__indirect_function_table", kind: "table" },
  ],
  objects: [
    object({ maps: [map("rb", "ringbuf")], programs: [program("tp/sched/x", "tracepoint")] }),
  ],
} satisfies PortableModule;

function object(parts: {
  maps?: PortableModule["objects"][number]["maps"];
  programs?: PortableModule["objects"][number]["programs"];
}): PortableModule["objects"][number] {
  return { name: "tool", size: 1, sha256: "", license: "GPL", programs: [], maps: [], ...parts };
}

function map(name: string, type: string) {
  return { name, type, keySize: 4, valueSize: 4, maxEntries: 1, flags: 0, pinned: false };
}

function program(section: string, type: string) {
  return {
    name: "prog",
    section,
    type,
    attachType: null,
    target: null,
    instructions: 2,
    autoload: true,
  };
}

const withImport = (module: string, name: string, signature: string, kind = "function") => ({
  ...GOOD,
  imports: [...GOOD.imports, { module, name, kind, signature }],
});
const withExports = (exports: PortableModule["exports"]) => ({ ...GOOD, exports });
const without = (name: string) => withExports(GOOD.exports.filter((entry) => entry.name !== name));

describe("checkPortable", () => {
  it("finds nothing in a module that runs everywhere", () => {
    assert.deepEqual(checkPortable(GOOD), []);
    assert.equal(formatPortability("x.wasm", []).match(/: yes$/gm)?.length, 3);
  });

  const CASES: [string, PortableModule, readonly PortableHost[], RegExp][] = [
    [
      "an import of ours",
      withImport("wbpf", "map_lookup", "iiii:i"),
      ALL_HOSTS,
      /'wbpf\.map_lookup'.*--portable/,
    ],
    ["env.abort", withImport("env", "abort", "iiii:"), ALL_HOSTS, /--use abort/],
    [
      "another import module",
      withImport("env", "now", ":i"),
      ALL_HOSTS,
      /'env\.now', which they do not have/,
    ],
    [
      "an unknown function",
      withImport("wasm_bpf", "wasm_bpf_detach", "i:i"),
      ALL_HOSTS,
      /do not have/,
    ],
    [
      "an unknown WASI function",
      withImport("wasi_snapshot_preview1", "thread_spawn", "i:i"),
      ALL_HOSTS,
      /do not have/,
    ],
    [
      "a name of Object's",
      withImport("wasi_snapshot_preview1", "toString", "i:i"),
      ALL_HOSTS,
      /do not have/,
    ],
    [
      "another type",
      withImport("wasm_bpf", "wasm_close_bpf_object", "i:i"),
      ALL_HOSTS,
      /type \(i32\) → i32, and theirs is \(i64\) → i32/,
    ],
    ["an imported global", withImport("wasm_bpf", "x", "", "global"), ALL_HOSTS, /functions only/],
    [
      "64-bit pointers",
      withImport("wasm_bpf", "wasm_bpf_map_operate", "iiIIII:i"),
      ["wamr", "wasmedge"],
      /64-bit pointers/,
    ],
    ["no memory", without("memory"), ALL_HOSTS, /memory/],
    ["no _start", without("_start"), ALL_HOSTS, /_start/],
    [
      "two tables",
      withExports([...GOOD.exports, { name: "t", kind: "table" }]),
      ["wasmedge"],
      /2 tables/,
    ],
    [
      "two buffers",
      { ...GOOD, objects: [object({ maps: [map("a", "ringbuf"), map("b", "perf_event_array")] })] },
      ALL_HOSTS,
      /2 buffers \(a, b\)/,
    ],
    [
      "a per-CPU map",
      { ...GOOD, objects: [object({ maps: [map("a", "percpu_hash")] })] },
      ALL_HOSTS,
      /'a' of 'tool' is per CPU/,
    ],
    [
      "tc",
      { ...GOOD, objects: [object({ programs: [program("tc", "sched_cls")] })] },
      ALL_HOSTS,
      /cannot attach program 'prog' of 'tool' \(tc\)/,
    ],
    [
      "a uprobe without a place",
      { ...GOOD, objects: [object({ programs: [program("uprobe", "kprobe")] })] },
      ALL_HOSTS,
      /what it probes/,
    ],
    [
      "xdp",
      { ...GOOD, objects: [object({ programs: [program("xdp", "xdp")] })] },
      ["wasmedge"],
      /needs a target, which this host ignores/,
    ],
    [
      "xdp with more to its name",
      { ...GOOD, objects: [object({ programs: [program("xdp.frags", "xdp")] })] },
      ALL_HOSTS,
      /only 'xdp' and 'sockops'/,
    ],
  ];
  for (const [title, module, hosts, text] of CASES) {
    it(`names ${title}`, () => {
      const [problem, ...others] = checkPortable(module);
      assert.deepEqual(others, []);
      assert.deepEqual(problem?.hosts, hosts);
      assert.match(problem?.text ?? "", text);
      assert.equal(
        formatPortability("x.wasm", checkPortable(module)).match(/: no$/gm)?.length,
        hosts.length,
      );
    });
  }

  it("names a table of another name, which two hosts take or need not", () => {
    const renamed = GOOD.exports.map((e) => (e.kind === "table" ? { ...e, name: "table" } : e));
    const [problem, ...others] = checkPortable(withExports(renamed));
    assert.deepEqual(others, []);
    assert.deepEqual(problem?.hosts, ["wasmtime"]);
  });

  it("names a table that is missing, for both hosts that need it", () => {
    const problems = checkPortable(without("__indirect_function_table"));
    assert.deepEqual(
      problems.flatMap(({ hosts }) => hosts),
      ["wasmtime", "wasmedge"],
    );
  });

  it("needs no table of a module that polls nothing", () => {
    const imports = GOOD.imports.filter(({ name }) => name !== "wasm_bpf_buffer_poll");
    assert.deepEqual(checkPortable({ ...without("__indirect_function_table"), imports }), []);
  });

  it("knows TinyGo's way: only Rust's host has it, and it needs the export", () => {
    const tinygo = withImport("callback-wrapper", "wasm_bpf_buffer_poll", "Iiiiii:i");
    const hosts = checkPortable(tinygo).map((problem) => problem.hosts);
    assert.deepEqual(hosts, [["wamr", "wasmedge"], ["wasmtime"]]);
    const whole = {
      ...tinygo,
      exports: [...GOOD.exports, { name: "go-callback", kind: "function" }],
    };
    assert.deepEqual(
      checkPortable(whole).map((problem) => problem.hosts),
      [["wamr", "wasmedge"]],
    );
  });
});
