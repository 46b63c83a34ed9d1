/**
 * Compiles programs and plays the host for them. It runs by itself, in plain JavaScript: a loader that reads the compiler first takes half a minute.
 *
 * stdin has JSON, a `Task` of play.ts; stdout gets JSON, an array of `Played`.
 */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assemblyscript from "assemblyscript";
import asc from "assemblyscript/asc";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../../../..");
const { RUNTIME_TEXT, regionsTransform } = await import(
  join(root, "codegen/dist/build/regions/index.js")
);
const { templatesTransform } = await import(join(root, "codegen/dist/build/templates/index.js"));
const library = Object.keys(asc.libraryFiles);
const RUNTIME = "~lib/@wbpf/sdk/assembly/abi/regions/";
/** A global of the module: not 0 where memory that was given back is not handed out again, so that what is read there is never something new. */
const ONCE = "~test/once";
/** Where the runtime's memory ends. */
const TOP = "~test/top";
const RECORD_BYTES = 24;
const FRAME_BYTES = 32;
const CANCELED = -125;

class NoMain {
  afterCompile(module) {
    module.removeExport("main");
  }
}

/** Overwrites all that a region gives back. It comes before the regions are made, which are inlined. */
class Poison {
  afterCompile(module) {
    const b = this.binaryen;
    const get = (global) => module.global.get(RUNTIME + global, b.i32);
    const set = (global, value) => module.global.set(RUNTIME + global, value);
    module.addGlobal(ONCE, b.i32, true, module.i32.const(0));
    module.addGlobalExport(ONCE, ONCE);
    if (module.getGlobal(`${RUNTIME}top`) !== 0) module.addGlobalExport(`${RUNTIME}top`, TOP);
    const overwrite = () => [
      module.memory.fill(
        get("base"),
        module.i32.const(0xdd),
        module.i32.sub(get("top"), get("base")),
      ),
      module.if(module.i32.eqz(module.global.get(ONCE, b.i32)), set("top", get("base"))),
    ];
    const outer = () => module.local.get(0, b.i32);
    const bodies = {
      __region_reset: overwrite,
      __region_leave: () => [
        ...overwrite(),
        set("base", module.select(module.i32.gt_u(outer(), get("kept")), outer(), get("kept"))),
      ],
    };
    for (const [name, body] of Object.entries(bodies)) {
      const ref = module.getFunction(RUNTIME + name);
      if (ref === 0) continue;
      if (module.getGlobal(`${RUNTIME}kept`) === 0)
        module.addGlobal(`${RUNTIME}kept`, b.i32, true, module.i32.const(0));
      b.Function.setBody(ref, module.block(null, body(), b.none));
    }
  }
}

const texts = new Map();
function readText(name) {
  if (!texts.has(name)) {
    try {
      texts.set(name, readFileSync(join(root, name), "utf8"));
    } catch {
      texts.set(name, null);
    }
  }
  return texts.get(name);
}

async function compile(source, { regions, level, files = {} }) {
  const all = {
    ...files,
    "main.ts": source,
    "runtime.ts": RUNTIME_TEXT,
    "entry.ts":
      'export * from "./main"; import { main } from "./main"; import { start } from "@wbpf/sdk/assembly/start"; start(main());',
  };
  let wasm;
  const stderr = asc.createMemoryStream();
  let made;
  const found = (what) => {
    made = what;
  };
  const { error } = await asc.main(
    [
      ...["entry.ts", "--outFile", "out.wasm", "--exportStart", "_start"],
      ...["--optimizeLevel", level, "--shrinkLevel", level === "0" ? "0" : "2"],
      ...["--use", "abort=~lib/@wbpf/sdk/assembly/start/onAbort"],
      ...["--runtime", regions ? "runtime" : "incremental"],
    ],
    {
      readFile: (name) => all[name] ?? readText(name),
      writeFile: (_, data) => {
        wasm = data;
      },
      listFiles: () => [],
      stderr,
      transforms: regions
        ? [
            NoMain,
            Poison,
            templatesTransform(assemblyscript),
            regionsTransform(assemblyscript, library, found),
          ]
        : [NoMain],
    },
  );
  if (error === null) return { wasm, made };
  if (error.constructor.name === "NeedsCollector") return { refused: error.message };
  return { failed: error.message + stderr.toString() };
}

/** Runs a module: so many batches of so many records, then each exported function many times. */
function play(wasm, { batches, records, calls, once }) {
  const module = new WebAssembly.Module(wasm);
  let memory;
  let out = "";
  let now = 0n;
  let batch = 0;
  const ends = [];
  const callEnds = [];
  const view = () => new DataView(memory.buffer);
  const bytes = (at, length) => new Uint8Array(memory.buffer, at, length);
  const wbpf = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module))
    if (from === "wbpf") wbpf[name] = () => 1;
  wbpf.buffer_wait = () => 0;
  wbpf.last_error = () => 0;
  wbpf.buffer_poll = (_buffer, buf, cap) => {
    ends.push(end());
    if (batch++ === batches) return CANCELED;
    const count = Math.min(records, Math.floor(cap / FRAME_BYTES));
    for (let i = 0; i < count; i++) {
      const at = buf + i * FRAME_BYTES;
      const number = (batch * 7919 + i) >>> 0;
      view().setUint32(at, RECORD_BYTES, true);
      view().setUint32(at + 4, 0, true);
      view().setUint32(at + 8, number, true);
      const text = new TextEncoder().encode(`näme${number % 977}`);
      bytes(at + 16, 16)
        .fill(0)
        .set(text);
    }
    return count * FRAME_BYTES;
  };
  const wasi = {
    fd_write: (_fd, iov, _n, written) => {
      const length = view().getUint32(iov + 4, true);
      out += new TextDecoder().decode(bytes(view().getUint32(iov, true), length));
      view().setUint32(written, length, true);
      return 0;
    },
    clock_time_get: (_id, _precision, at) => {
      now += 400_000n;
      view().setBigUint64(at, now, true);
      return 0;
    },
    args_sizes_get: (count, size) => {
      view().setUint32(count, 3, true);
      view().setUint32(size, 16, true);
      return 0;
    },
    args_get: (argv, buf) => {
      [
        ["t", 0],
        ["--name", 2],
        ["Zoë", 9],
      ].forEach(([text, at], i) => {
        view().setUint32(argv + 4 * i, buf + at, true);
        const encoded = new TextEncoder().encode(`${text}\0`);
        bytes(buf + at, encoded.length).set(encoded);
      });
      return 0;
    },
    proc_exit: (code) => {
      throw new Error(`exit ${code}`);
    },
    random_get: () => 0,
  };
  const { exports } = new WebAssembly.Instance(module, { wbpf, wasi_snapshot_preview1: wasi });
  memory = exports.memory;
  const end = () => exports[TOP]?.value ?? 0;
  if (once && exports[ONCE] !== undefined) exports[ONCE].value = 1;
  try {
    exports._start();
    for (const [name, called] of Object.entries(exports).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (typeof called !== "function" || name.startsWith("_")) continue;
      for (let i = 0; i < calls; i++) {
        out += `${name}(${i}) ${called(i)}\n`;
        if (i === 1 || i === calls - 1) callEnds.push(end());
      }
    }
  } catch (error) {
    out += `ended by ${error.message}\n`;
  }
  return { out, ends, callEnds, pages: memory.buffer.byteLength >> 16 };
}

/** Compiles a program of fragments. Those that a refusal names are left out, until the rest is accepted. */
async function compileFragments({ head, fragments, tail }, options) {
  const refusals = [];
  for (let left = fragments; ; ) {
    const calls = (line, id) => (left.some((one) => one.id === Number(id)) ? line : "");
    const source = [head, ...left.map(({ text }) => text), tail]
      .join("\n")
      .replaceAll(/^.*\/\*call (\d+)\*\/$/gm, calls);
    const compiled = await compile(source, options);
    if (compiled.refused === undefined) return { source, refusals, ...compiled };
    refusals.push(compiled.refused);
    const [, culprit] = /\b[fxC](\d+)\b/.exec(compiled.refused) ?? [];
    const less = left.filter(({ id, keeps }) =>
      culprit === undefined ? !keeps : id !== Number(culprit),
    );
    if (less.length === left.length) return { source, refusals, ...compiled };
    left = less;
  }
}

const { programs, run, until = Number.POSITIVE_INFINITY } = JSON.parse(readFileSync(0, "utf8"));
const results = [];
for (const { source, fragments, level, files } of programs) {
  if (performance.now() > until) break;
  const options = { level, files, regions: true };
  const { wasm, ...result } =
    fragments === undefined
      ? await compile(source, options)
      : await compileFragments(fragments, options);
  results.push(result);
  if (run === undefined || wasm === undefined) continue;
  result.regions = play(wasm, run);
  result.once = play(wasm, { ...run, once: true });
  const collector = await compile(result.source ?? source, { ...options, regions: false });
  if (collector.wasm === undefined) result.failed = collector.failed;
  else result.collector = play(collector.wasm, run);
}
process.stdout.write(JSON.stringify(results));
