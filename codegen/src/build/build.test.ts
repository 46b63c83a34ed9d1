import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

/** Builds outside this process, as the loader that gives tests their TypeScript takes ten seconds for the compiler's own code. */
const SCRIPT = `
const { build, CodegenError } = await import(process.argv[1]);
const shown = [];
try {
  const options = { ...JSON.parse(process.argv[3]), onDiagnostics: (text) => shown.push(text) };
  const result = await build(process.argv[2], options);
  console.log(JSON.stringify({ result, shown: shown.join("") }));
} catch (error) {
  if (!(error instanceof CodegenError)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message, shown: shown.join("") }));
}
`;

interface Outcome {
  readonly code?: string;
  readonly message?: string;
  readonly shown: string;
  readonly result?: {
    wasm: string;
    rebuilt: string[];
    wasmSize: number;
    objects: { sha256: string }[];
  };
}

const BPF = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "shared.h"
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
const struct event *rb_event __attribute__((unused));
const volatile int limit = 3;
SEC("tp/sched/sched_process_exec") int handle(void *ctx) { return limit; }
char LICENSE[] SEC("license") = "GPL";
`;
const MAIN = `import { Tool, Event } from "./tool.bpf";
export function main(): i32 {
  const tool = Tool.open();
  tool.maps.rb.onEvent((e: Event) => { if (e.pid > 3) unreachable(); });
  return tool.load();
}
export function plug(a: i32): i32 { return a + 1; }
`;

describe("build", function () {
  this.timeout(300_000);
  let folder: string;

  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), "wbpf-build-")), "mine");
    mkdirSync(path.join(folder, "node_modules", "@wbpf"), { recursive: true });
    symlinkSync(path.join(REPOSITORY, "sdk"), path.join(folder, "node_modules", "@wbpf", "sdk"));
    write("tool.bpf.c", BPF);
    write("shared.h", "struct event { int pid; char comm[16]; };\n");
    write("main.ts", MAIN);
  });
  afterEach(() => {
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  function write(name: string, text: string): void {
    writeFileSync(path.join(folder, name), text);
  }

  function build(options: object = {}, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const entry = path.join(REPOSITORY, "codegen/dist/index.js");
    const args = ["--input-type=module", "-e", SCRIPT, entry, folder, JSON.stringify(options)];
    return new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        args,
        { cwd: path.dirname(folder), env: { ...process.env, ...env } },
        (error, stdout, stderr) => {
          if (error !== null) reject(new Error(stderr));
          else resolve(JSON.parse(stdout) as Outcome);
        },
      );
    });
  }

  async function refuses(
    code: string,
    message: RegExp,
    shown: RegExp = /^$/,
    env: NodeJS.ProcessEnv = {},
  ): Promise<void> {
    const outcome = await build({}, env);
    assert.equal(outcome.code, code, outcome.message);
    assert.match(outcome.message ?? "", message);
    assert.doesNotMatch(outcome.message ?? "", /\n/);
    assert.match(outcome.shown, shown);
    assert.doesNotMatch(`${outcome.message}${outcome.shown}`, /wbpf-entry|undefined|at file:/);
  }

  it("makes a module with its section and exports, again the same, and nothing twice", async () => {
    const first = await build();
    assert.ok(first.result, first.message);
    assert.equal(first.shown, "");
    const { wasm, rebuilt, objects } = first.result;
    assert.equal(wasm, path.join(folder, "build", "tool.wasm"));
    assert.deepEqual(
      rebuilt.map((file) => path.basename(file)),
      ["tool.bpf.o", "tool.bpf.ts", "tool.wasm"],
    );
    const bytes = readFileSync(wasm);
    const module = new WebAssembly.Module(bytes);
    assert.deepEqual(
      WebAssembly.Module.exports(module)
        .map(({ name }) => name)
        .sort(),
      ["_start", "memory", "plug"],
    );
    const section = JSON.parse(
      Buffer.from(WebAssembly.Module.customSections(module, "wbpf")[0] as ArrayBuffer).toString(),
    ) as object;
    const { version } = JSON.parse(
      readFileSync(path.join(REPOSITORY, "sdk/package.json"), "utf8"),
    ) as { version: string };
    const size = statSync(path.join(folder, "build", "tool.bpf.o")).size;
    assert.deepEqual(section, {
      abi: 1,
      name: "tool",
      sdk: version,
      objects: [{ name: "tool", size, sha256: objects[0]?.sha256 }],
    });

    assert.deepEqual((await build()).result?.rebuilt, []);
    await build({ force: true });
    assert.deepEqual(readFileSync(wasm), bytes);

    write("main.ts", MAIN.replace("a + 1", "a + 2"));
    assert.deepEqual((await build()).result?.rebuilt, [wasm]);
    write("shared.h", "struct event { char comm[16]; int pid; };\n");
    assert.equal((await build()).result?.rebuilt.length, 3);
    rmSync(wasm);
    assert.deepEqual((await build()).result?.rebuilt, [wasm]);
  });

  it("makes the same module wherever the folder stands, and names no folder of the machine", async () => {
    const first = await build();
    assert.ok(first.result, first.message);
    const here = folder;
    const bytes = readFileSync(first.result.wasm);
    folder = path.join(path.dirname(folder), "elsewhere", "mine");
    mkdirSync(path.dirname(folder));
    renameSync(here, folder);
    const second = await build({ force: true });
    assert.ok(second.result, second.message);
    assert.ok(readFileSync(second.result.wasm).equals(bytes), "the modules differ");
    for (const place of [path.dirname(here), REPOSITORY]) {
      assert.ok(!bytes.includes(place), `${place} is in the module`);
    }
  });

  it("makes the same module when the process has built others before", async () => {
    const script = `
      import { readFileSync } from "node:fs";
      const { build } = await import(process.argv[1]);
      const made = [];
      for (let i = 0; i < 2; i++) made.push(readFileSync((await build(process.argv[2], { force: true })).wasm));
      console.log(made[0].equals(made[1]), made[0].length);`;
    const entry = path.join(REPOSITORY, "codegen/dist/index.js");
    const said = await new Promise<string>((resolve, reject) => {
      const args = ["--input-type=module", "-e", script, entry, folder];
      execFile(process.execPath, args, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
    });
    assert.match(said, /^true \d+$/m);
  });

  it("makes a module of a main that uses nothing of the SDK", async () => {
    rmSync(path.join(folder, "tool.bpf.c"));
    write("main.ts", "export function main(): i32 { return 3; }\n");
    for (const debug of [false, true]) {
      const { result, message, shown } = await build({ debug });
      assert.ok(result, `${message}${shown}`);
    }
  });

  it("takes the version from the tool's package.json", async () => {
    const version = async () => {
      const { result, message } = await build();
      assert.ok(result, message);
      const module = new WebAssembly.Module(readFileSync(result.wasm));
      const [section] = WebAssembly.Module.customSections(module, "wbpf");
      return JSON.parse(Buffer.from(section as ArrayBuffer).toString()).version;
    };
    write("package.json", '{ "version": "1.2.3" }');
    assert.equal(await version(), "1.2.3");
    write("package.json", "no JSON");
    assert.equal(await version(), undefined);
    rmSync(path.join(folder, "package.json"));
    assert.equal(await version(), undefined);
  });

  it("writes a source map for a debug build, whose sources are the user's files", async () => {
    const { result, message } = await build({ debug: true });
    assert.ok(result, message);
    const map = JSON.parse(readFileSync(`${result.wasm}.map`, "utf8")) as { sources: string[] };
    assert.ok(map.sources.includes("../main.ts"), map.sources.join());
    assert.ok(map.sources.includes("../tool.bpf.ts"), map.sources.join());
    for (const source of map.sources.filter((each) => !each.startsWith("~lib/"))) {
      assert.ok(
        source === "wbpf-entry.ts" || existsSync(path.resolve(folder, "build", source)),
        source,
      );
    }
  });

  it("fails if records make objects, where that is not wanted", async () => {
    const main = (handler: string): void =>
      write(
        "main.ts",
        `import { run } from "@wbpf/sdk/assembly"; import { Tool, Event } from "./tool.bpf"; const kept: string[] = [];
export function main(): i32 { Tool.open().maps.rb.onEvent((e: Event) => { ${handler} }); return run(); }`,
      );
    main("if (e.pid > 3) unreachable();");
    assert.equal((await build({ noAllocation: true })).message, undefined);
    main('assert(e.comm != "x");');
    const made = await build({ noAllocation: true });
    assert.equal(made.code, "ALLOCATES");
    assert.match(
      made.message ?? "",
      /^mine\/main\.ts: handling a record makes objects: .*Event#get:comm of tool\.bpf\.ts/,
    );
    // The same when nothing has to be built.
    assert.equal((await build({ noAllocation: true })).message, made.message);
    assert.deepEqual((await build()).result?.rebuilt, []);
    main("kept.push(e.comm);");
    const collector = await build({ noAllocation: true });
    assert.equal(collector.code, "ALLOCATES");
    assert.match(collector.message ?? "", /nobody can say .* keeps what is made while a record/);
    const debug = await build({ noAllocation: true, debug: true });
    assert.match(debug.message ?? "", /a debug build, .* are not looked at$/);
  });

  it("tells where C is wrong", async () => {
    write("tool.bpf.c", BPF.replace("return limit", "return limits"));
    await refuses(
      "CLANG_FAILED",
      /^mine\/tool\.bpf\.c: clang could not compile it$/,
      /^mine\/tool\.bpf\.c:7:\d+: error: .*limits/m,
    );
  });

  it("tells which header is not installed", async () => {
    write("tool.bpf.c", `#include <bpf/none.h>\n${BPF}`);
    await refuses("CLANG_FAILED", /<bpf\/none\.h> is not installed.*libbpf-dev/, /none\.h/);
  });

  it("tells where TypeScript is wrong", async () => {
    write("main.ts", MAIN.replace("e.pid > 3", "e.pdi > 3"));
    await refuses(
      "ASC_FAILED",
      /^mine\/main\.ts: asc found 1 error$/,
      /^mine\/main\.ts:4:46: error TS2339: Property 'pdi'.*\n.*onEvent.*\n +\^~~$/m,
    );
  });

  it("tells how main has to look", async () => {
    write("main.ts", MAIN.replace("export function main", "function main"));
    await refuses("NO_MAIN", /mine\/main\.ts exports no main: .*export function main\(\): i32/);
    write("main.ts", "export function main(): void {}\n");
    await refuses("BAD_MAIN", /returns void/);
    write("main.ts", "export function main(a: i32): i32 { return a; }\n");
    await refuses("BAD_MAIN", /has parameters/);
    write("main.ts", "export function main<T>(): i32 { return 0; }\n");
    await refuses("BAD_MAIN", /type parameters/);
    write("main.ts", "export const main: i32 = 3;\n");
    await refuses("BAD_MAIN", /not a function/);
  });

  it("turns a crash of the compiler into a sentence with the line", async () => {
    const circle = "enum A { X = B.Y }\nenum B { Y = A.X }";
    write("main.ts", `${circle}\nexport function main(): i32 {\n  return A.X;\n}\n`);
    await refuses("ASC_CRASHED", /compiler crashed (at|on) mine\/main\.ts/);
  });

  it("tells what is missing", async () => {
    const bin = path.join(folder, "bin");
    mkdirSync(bin);
    await refuses("NO_CLANG", /^clang was not found: install clang/, /^$/, { PATH: bin });
    await refuses("NO_CLANG", /\$CLANG is none/, /^$/, { CLANG: "none" });
    const fake = (text: string): void => {
      writeFileSync(path.join(bin, "clang"), `#!/bin/sh\n${text}\nexit 1\n`);
      chmodSync(path.join(bin, "clang"), 0o755);
    };
    fake('[ "$1" = --version ] && echo "clang version 9.0.1" && exit 0');
    await refuses("OLD_CLANG", /is clang 9: version 11 or newer/, /^$/, {
      CLANG: path.join(bin, "clang"),
    });
    fake(
      `[ "$1" = --version ] && echo "clang version 14.0.6" && exit 0\necho "error: unable to create target: 'No available targets are compatible with triple \\"bpf\\"'" >&2`,
    );
    await refuses("NO_BPF_TARGET", /without the bpf target/, /unable to create target/, {
      CLANG: path.join(bin, "clang"),
    });

    write("tool.bpf.c", `#include "vmlinux.h"\n`);
    await refuses("NO_VMLINUX_HEADER", /make it with `wbpf vmlinux -o vmlinux\.h`/);
    write("tool.bpf.c", BPF);
    write("asconfig.json", "{ no");
    await refuses("BAD_ASCONFIG", /mine\/asconfig\.json is not JSON/);
    rmSync(path.join(folder, "asconfig.json"));
    rmSync(path.join(folder, "node_modules"), { recursive: true });
    await refuses("NO_SDK", /npm install @wbpf\/sdk/);
    rmSync(path.join(folder, "main.ts"));
    await refuses("NO_MAIN_FILE", /holds no main\.ts/);
    rmSync(folder, { recursive: true });
    await refuses("NO_FOLDER", /is not there/);
  });
});
