import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModuleError, type ModuleErrorCode } from "../errors.js";
import { ABI_1, buildWasm, type WasmParts } from "../testing/wasm-builder.js";
import { Module } from "./module.js";

async function refused(bytes: Uint8Array): Promise<ModuleError> {
  try {
    await Module.fromBytes(bytes, { name: "tool.wasm" });
  } catch (error) {
    assert(error instanceof ModuleError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error;
  }
  throw new assert.AssertionError({ message: "the module was accepted" });
}

describe("Module", () => {
  it("takes a module that imports nothing and says nothing of itself", async () => {
    const module = await Module.fromBytes(buildWasm());
    assert.equal(module.name, "module");
    assert.equal(module.description, undefined);
  });

  it("reads what a module says of itself", async () => {
    const sha256 = "0123456789abcdef".repeat(4);
    const text = JSON.stringify({
      abi: 1,
      name: "bootstrap",
      version: "1.2.3",
      sdk: "0.1.0",
      objects: [{ name: "bootstrap", size: 9240, sha256 }],
      somethingNew: [1],
    });
    const module = await Module.fromBytes(buildWasm({ custom: [["wbpf", text]] }));
    assert.deepEqual(module.description, {
      abi: 1,
      name: "bootstrap",
      version: "1.2.3",
      sdk: "0.1.0",
      objects: [{ name: "bootstrap", size: 9240, sha256 }],
      permissions: undefined,
    });
  });

  const lookup = ["wbpf", "map_lookup", "iiii:i"] as const;
  const cases: [title: string, parts: WasmParts, code: ModuleErrorCode, message: RegExp][] = [
    [
      "wbpf without a section",
      { imports: [lookup] },
      "MODULE_NO_ABI",
      /no custom section 'wbpf'.*build it with wbpf/,
    ],
    [
      "another ABI",
      { imports: [lookup], custom: [["wbpf", '{"abi":2}']] },
      "MODULE_ABI",
      /built for ABI 2 of wbpf and this host serves ABI 1; update @wbpf\/host/,
    ],
    [
      "another ABI though it imports nothing",
      { custom: [["wbpf", '{"abi":7}']] },
      "MODULE_ABI",
      /ABI 7/,
    ],
    [
      "a section that is no JSON",
      { custom: [["wbpf", "abi=1"]] },
      "MODULE_BAD_SECTION",
      /is not JSON/,
    ],
    [
      "a section that is not UTF-8",
      { custom: [["wbpf", Uint8Array.of(0x22, 0xff, 0x22)]] },
      "MODULE_BAD_SECTION",
      /UTF-8/,
    ],
    [
      "a section that is a list",
      { custom: [["wbpf", "[1]"]] },
      "MODULE_BAD_SECTION",
      /not a JSON object/,
    ],
    ["no abi", { custom: [["wbpf", "{}"]] }, "MODULE_BAD_SECTION", /no 'abi'/],
    ["abi as text", { custom: [["wbpf", '{"abi":"1"}']] }, "MODULE_BAD_SECTION", /no 'abi'/],
    ["abi 1.5", { custom: [["wbpf", '{"abi":1.5}']] }, "MODULE_BAD_SECTION", /no 'abi'/],
    [
      "name as number",
      { custom: [["wbpf", '{"abi":1,"name":3}']] },
      "MODULE_BAD_SECTION",
      /'name' that is no text/,
    ],
    [
      "objects as text",
      { custom: [["wbpf", '{"abi":1,"objects":"x"}']] },
      "MODULE_BAD_SECTION",
      /not a list/,
    ],
    [
      "an object without hash",
      { custom: [["wbpf", '{"abi":1,"objects":[{"name":"a","size":1}]}']] },
      "MODULE_BAD_SECTION",
      /entry 0/,
    ],
    ["two sections", { custom: [ABI_1, ABI_1] }, "MODULE_BAD_SECTION", /more than one/],
    [
      "an unknown import module",
      { imports: [["wbfp", "map_lookup", "iiii:i"]] },
      "MODULE_IMPORT",
      /'wbfp.map_lookup'.*no import module 'wbfp'; did you mean 'wbpf'/,
    ],
    ["env.abort", { imports: [["env", "abort", "iiii:"]] }, "MODULE_IMPORT", /--use abort=/],
    [
      "an unknown function",
      { imports: [["wbpf", "map_lookpu", "i:i"]], custom: [ABI_1] },
      "MODULE_IMPORT",
      /'wbpf.map_lookpu', which this host does not have; did you mean 'map_lookup'/,
    ],
    [
      "a name of Object's",
      { imports: [["wbpf", "constructor", "i:i"]], custom: [ABI_1] },
      "MODULE_IMPORT",
      /does not have/,
    ],
    [
      "an unknown WASI function",
      { imports: [["wasi_snapshot_preview1", "fd_explode", "i:i"]] },
      "MODULE_IMPORT",
      /fd_explode/,
    ],
    [
      "a function of another type",
      { imports: [["wbpf", "map_lookup", "iIi:i"]], custom: [ABI_1] },
      "MODULE_IMPORT",
      /type \(i32, i64, i32\) → i32, but that has the type \(i32, i32, i32, i32\) → i32/,
    ],
    [
      "a WASI function of another type",
      { imports: [["wasi_snapshot_preview1", "proc_exit", "i:i"]] },
      "MODULE_IMPORT",
      /\(i32\) → nothing/,
    ],
    [
      "a function imported as a global",
      { importedGlobal: ["wbpf", "map_lookup"], custom: [ABI_1] },
      "MODULE_IMPORT",
      /as a global/,
    ],
    ["no memory", { memory: null }, "MODULE_EXPORT", /does not export 'memory'/],
    ["a memory of its own", { exportMemory: false }, "MODULE_EXPORT", /does not export 'memory'/],
    ["no _start", { start: null }, "MODULE_EXPORT", /does not export '_start'/],
    ["a shared memory", { memory: { pages: 1, flags: 2 } }, "MODULE_EXPORT", /shared/],
  ];
  for (const [title, parts, code, message] of cases) {
    it(`refuses ${title}`, async () => {
      const error = await refused(buildWasm(parts));
      assert.match(error.message, message);
      assert.match(error.message, /^cannot run tool\.wasm: its? /);
      assert.equal(error.code, code);
    });
  }

  it("refuses what is not Wasm, and says what it looks like", async () => {
    const elf = Buffer.alloc(64);
    elf.write("\x7fELF");
    const bpf = Buffer.from(elf);
    bpf[18] = 247;
    for (const [bytes, message] of [
      [new Uint8Array(0), /it is empty/],
      [Buffer.from("hello world"), /but a text file/],
      [Buffer.from("(module)"), /WebAssembly text/],
      [elf, /an ELF file/],
      [bpf, /a BPF object/],
      [Buffer.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]), /a Wasm component/],
      [Buffer.from([0, 0x61, 0x73, 0x6d, 9, 0, 0, 0]), /Wasm version 9/],
    ] as const) {
      const error = await refused(bytes);
      assert.match(error.message, message);
      assert.equal(error.code, "MODULE_NOT_WASM");
    }
  });

  it("refuses a module that was cut off, wherever that is", async () => {
    const whole = buildWasm({ imports: [lookup], custom: [ABI_1] });
    for (let length = 1; length < whole.length; length++) {
      const error = await refused(whole.subarray(0, length));
      // Cut between two sections it is whole, and something that it needs is missing.
      assert.match(error.code, /MODULE_(TRUNCATED|INVALID|EXPORT|NO_ABI)/, `${length}: ${error}`);
    }
    assert.match((await refused(whole.subarray(0, 20))).message, /truncated: it ends at byte 20/);
  });

  it("refuses what V8 refuses", async () => {
    const error = await refused(buildWasm({ start: [0x20, 9] }));
    assert.equal(error.code, "MODULE_INVALID");
    assert.match(error.message, /V8 refuses it/);
  });

  it("loads a file, and says why it cannot", async () => {
    const folder = await mkdtemp(join(tmpdir(), "wbpf-"));
    try {
      await writeFile(join(folder, "tool.wasm"), buildWasm());
      assert.equal((await Module.load(join(folder, "tool.wasm"))).name, "tool.wasm");
      for (const [path, message] of [
        [join(folder, "none.wasm"), /cannot read .*none\.wasm: there is no such file/],
        [folder, /it is a directory/],
      ] as const) {
        await assert.rejects(Module.load(path), {
          name: "ModuleError",
          code: "MODULE_UNREADABLE",
          message,
        });
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
