import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, Process, root, start, wbpf } from "../support/wbpf.js";
import { compileModule, whyNoEngine } from "./support/engine.js";

const EXAMPLES = ["bootstrap", "execve", "opensnoop", "runqlat"] as const;
const portableOf = (name: string) => join(root, `examples/${name}/build/${name}.portable.wasm`);
const FLAVOURS = ["wamr", "wasmtime", "wasmedge"] as const;

/** What shows that an example sees what happens: an act, and the line that it makes the tool print. */
const SEEN: Readonly<
  Record<
    (typeof EXAMPLES)[number],
    { args: string[]; act: () => number; line: (pid: number) => RegExp }
  >
> = {
  bootstrap: {
    args: [],
    act: () => spawnSync("/bin/true").pid,
    line: (pid) => new RegExp(`EXIT true +${pid} +${process.pid} \\[0\\]`),
  },
  execve: {
    args: [],
    act: () => spawnSync("/bin/true").pid,
    line: (pid) => new RegExp(`^ *${pid} +${process.pid} +\\d+ \\S+ +/bin/true$`, "m"),
  },
  opensnoop: {
    args: ["--pid", `${process.pid}`, "--failed"],
    act: () => {
      assert.throws(() => readFileSync("/nonexistent/wbpf"), { code: "ENOENT" });
      return process.pid;
    },
    line: (pid) => new RegExp(`^ *${pid} \\S+ +-1 +2 /nonexistent/wbpf$`, "m"),
  },
  runqlat: {
    args: [],
    act: () => spawnSync("/bin/true").pid,
    // Which bucket is the fullest is the machine's affair; it has all 40 stars, and by then the smaller ones are printed, too.
    line: () => /^ +\d+ -> \d+ +: [1-9]\d* +\|\*{40}\|$/m,
  },
};
const LIMIT_MS = 120_000;
/** How long a tool runs, in seconds: longer where it was over before this busy machine came to act. */
const DURATIONS = [3, 12, 48];
/** The heading: from then on nothing that happens is missed. */
const HEADING = /TIME|PID|Tracing/;

kernelSuite("wbpf build --portable", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "wbpf-portable-"));
  before(async function () {
    // Each build has a limit of its own.
    this.timeout(0);
    for (const name of EXAMPLES) {
      await build(join(root, "examples", name));
      await build(join(root, "examples", name), "--portable");
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  /**
   * Runs a tool, acts once it is ready, waits for the line that shows it, and for the tool to end by itself.
   * @param lossy whether the host gives a module only the last record of each poll: on a busy machine that may be of somebody else's, so there are more acts than one
   */
  async function sees(
    name: (typeof EXAMPLES)[number],
    run: (args: readonly string[]) => Process,
    lossy = false,
  ): Promise<void> {
    const { args, act, line } = SEEN[name];
    for (const seconds of DURATIONS) {
      const before = performance.now();
      const tool = run([...args, "--duration", `${seconds}`]);
      await tool.printed(HEADING);
      const patterns = [line(act())];
      // Its time begins after it was started.
      const inTime = performance.now() - before < 1000 * seconds;
      const seen = (): boolean => patterns.some((pattern) => pattern.test(tool.stdout));
      while (lossy && !seen() && tool.child.exitCode === null) {
        patterns.push(line(act()));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const { code, stderr } = await tool.ended;
      assert.equal(code, 0, stderr);
      assert.equal(stderr, "");
      if (!seen() && (!inTime || lossy) && seconds !== DURATIONS.at(-1)) continue;
      assert.ok(seen(), `none of ${patterns.join(" ")} in ${tool.stdout}`);
      return;
    }
  }

  for (const name of EXAMPLES) {
    describe(name, () => {
      it("imports nothing but wasm_bpf and WASI, and exports what the other hosts want", () => {
        const module = new WebAssembly.Module(readFileSync(portableOf(name)));
        const from = new Set(WebAssembly.Module.imports(module).map((entry) => entry.module));
        assert.deepEqual([...from].sort(), ["wasi_snapshot_preview1", "wasm_bpf"]);
        const exported = WebAssembly.Module.exports(module);
        assert.deepEqual(exported.map(({ name, kind }) => `${kind} ${name}`).sort(), [
          "function _start",
          "memory memory",
          "table __indirect_function_table",
        ]);
        assert.deepEqual(WebAssembly.Module.customSections(module, "sourceMappingURL"), []);
      });

      it("passes wbpf inspect --portable, and the same source without --portable does not", async () => {
        const good = await wbpf(["inspect", "--portable", portableOf(name)]);
        assert.equal(good.code, 0, good.stdout);
        assert.equal(good.stdout.match(/: yes$/gm)?.length, 3);
        const own = portableOf(name).replace(".portable", "");
        const bad = await wbpf(["inspect", "--portable", own]);
        assert.equal(bad.code, 1);
        assert.match(bad.stdout, /it imports 'wbpf\.object_load', which only this host has/);
        const json = await wbpf(["inspect", "--portable", "--json", own]);
        assert.ok((JSON.parse(json.stdout) as unknown[]).length > 0);
      });

      it("sees the same on this host, built either way", async () => {
        for (const wasm of [portableOf(name), portableOf(name).replace(".portable", "")]) {
          await sees(name, (args) => start(["run", wasm, ...args], { limitMs: LIMIT_MS }));
        }
      });

      const why = whyNoEngine();
      for (const flavour of FLAVOURS) {
        const title = `runs on another engine (wasm2c) with a host that behaves as ${flavour}`;
        if (why !== undefined) {
          it.skip(`${title} (skipped: ${why})`, () => {});
          continue;
        }
        it(title, async () => {
          const program = join(folder, name);
          if (!existsSync(program)) compileModule(portableOf(name), program);
          const env = { ...process.env, FLAVOUR: flavour };
          await sees(
            name,
            (args) => new Process(program, args, { env, limitMs: LIMIT_MS }),
            flavour === "wasmtime",
          );
        });
      }
    });
  }

  it("stops at once on this host when it is asked to, also without a buffer", async () => {
    for (const name of ["bootstrap", "runqlat"] as const) {
      const tool = start(["run", portableOf(name)]);
      await tool.printed(HEADING);
      // What has not ended after the grace period of 2 s is killed, and then the code is another.
      const { code, stderr } = await tool.stop();
      assert.equal(code, 0, stderr);
    }
  });

  it("sets .rodata without a call, in the object's own bytes", async () => {
    const tool = start(["run", portableOf("bootstrap"), "--min-duration-ms", "400"], {
      limitMs: LIMIT_MS,
    });
    await tool.printed(HEADING);
    // On a busy machine this may take longer than the tool is to leave out.
    let short = 0;
    for (let took = Infinity; took >= 400; ) {
      const before = performance.now();
      short = spawnSync("/bin/true").pid;
      took = performance.now() - before;
    }
    const long = spawnSync("/bin/sleep", ["0.6"]).pid;
    await tool.printed(new RegExp(`EXIT sleep +${long} `));
    const { code, stdout } = await tool.stop();
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, new RegExp(` ${short} `));
  });

  describe("refuses at compile time, with the name of the call and the line", () => {
    let serial = 0;

    /** Builds a tool of this folder's fixture with another main. @returns what it printed */
    async function refusal(main: string, more = ""): Promise<string> {
      const tool = join(root, `test/fixtures/portable/build/case${serial++}`);
      mkdirSync(tool, { recursive: true });
      const source = readFileSync(join(root, "test/fixtures/portable/tool.bpf.c"), "utf8");
      writeFileSync(join(tool, "tool.bpf.c"), source + more);
      writeFileSync(join(tool, "main.ts"), main);
      const ended = await wbpf(["build", "--portable", tool]);
      assert.equal(ended.code, 1, ended.stdout);
      assert.doesNotMatch(ended.stderr, /^\s+at /m);
      rmSync(tool, { recursive: true });
      return ended.stderr;
    }

    const body = (lines: string) => `import { fail, run } from "@wbpf/sdk/assembly";
import { Tool } from "./tool.bpf";
export function main(): i32 {
  const tool = Tool.open();
  if (tool.load() < 0 || tool.attach() < 0) return fail();
${lines}
  return run();
}
`;
    for (const [title, lines, pattern] of [
      [
        "detaching a program",
        "  tool.detach();",
        /main\.ts:6:\d+: error: BpfObject\.detach cannot be expressed/,
      ],
      [
        "destroying one link",
        "  const link = tool.programs[0].link;\n  if (link !== null) link.destroy();",
        /main\.ts:7:\d+: error: BpfLink\.destroy cannot be expressed/,
      ],
      [
        "a variable of .bss",
        "  const seen = tool.bss.seen;\n  if (seen > 0) return 1;",
        /main\.ts:6:\d+: error: ToolBss\.seen cannot be expressed by the wasm_bpf ABI: hosts do not find the map of \.bss/,
      ],
      [
        "a per-CPU map",
        "  if (tool.maps.each.lookup(0) === null) return 1;",
        /main\.ts:6:\d+: error: \w+\.lookup cannot be expressed.*CPUs/,
      ],
      [
        "a queue",
        "  tool.maps.waiting.pop();",
        /main\.ts:6:\d+: error: QueueMap\.pop cannot be expressed.*without keys/,
      ],
    ] as const) {
      it(title, async () => {
        assert.match(await refusal(body(lines)), pattern);
      });
    }

    it("an object with two buffers", async () => {
      const more = `
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } other SEC(".maps");
`;
      assert.match(
        await refusal(body(""), more),
        /tool\.bpf\.c has 2 buffers \(rb, other\), and hosts of the wasm_bpf ABI read only one/,
      );
    });

    it("and none of it in a tool that only has such maps and variables", async () => {
      const tool = join(root, "test/fixtures/portable/build/fine");
      mkdirSync(tool, { recursive: true });
      for (const [file, text] of [
        ["tool.bpf.c", readFileSync(join(root, "test/fixtures/portable/tool.bpf.c"), "utf8")],
        ["main.ts", body("  tool.destroy();")],
      ] as const) {
        writeFileSync(join(tool, file), text);
      }
      await build(tool, "--portable");
      rmSync(tool, { recursive: true });
    });
  });
});
