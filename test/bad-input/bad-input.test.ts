import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, type Ended, root, start, wbpf } from "../support/wbpf.js";

const fixtures = join(root, "test/fixtures/bad");
const wasm = (name: string) => join(fixtures, name, "build", `${name}.wasm`);

/** A failure as a user should see it: this exit code, this sentence, and nothing that only we can read. */
function explained(ended: Ended, code: number, ...texts: RegExp[]): void {
  const { stderr } = ended;
  assert.equal(ended.code, code, stderr);
  for (const text of texts) assert.match(stderr, text);
  assert.doesNotMatch(stderr, /\.js:\d+|node:internal|Error:|undefined|\[object/m);
}

describe("bad input to the command", function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wbpf-bad-"));
    await build(join(fixtures, "trap"));
    await build(join(fixtures, "loop"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function file(name: string, contents: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, contents);
    return path;
  }

  it("no such file, a folder, an empty file, not Wasm, half a module", async () => {
    explained(await wbpf(["run", join(folder, "nothing.wasm")]), 1, /nothing\.wasm/);
    explained(await wbpf(["run", folder]), 1, /wbpf-bad-/);
    explained(await wbpf(["run", file("empty.wasm", "")]), 1, /empty\.wasm/);
    explained(
      await wbpf(["run", file("text.wasm", "#!/bin/sh\n")]),
      1,
      /text\.wasm: .*not a Wasm/i,
    );
    const whole = readFileSync(wasm("trap"));
    explained(
      await wbpf(["run", file("half.wasm", whole.subarray(0, whole.length / 2))]),
      1,
      /half\.wasm/,
    );
  });

  it("a module of another ABI version", async () => {
    const bytes = Buffer.from(readFileSync(wasm("trap")));
    const at = bytes.indexOf('"abi":1');
    assert.ok(at > 0);
    bytes.write('"abi":9', at);
    explained(await wbpf(["run", file("future.wasm", bytes)]), 1, /ABI.*9/);
  });

  it("wrong usage", async () => {
    explained(await wbpf(["run"]), 2, /module/);
    explained(await wbpf(["fly"]), 2, /fly/);
    explained(await wbpf(["run", "--fast", "x.wasm"]), 2, /--fast/);
    explained(await wbpf(["inspect"]), 2, /file/);
  });

  it("inspect of something that is neither a module nor an object", async () => {
    explained(await wbpf(["inspect", file("x.wasm", "nothing")]), 1, /x\.wasm/);
    explained(await wbpf(["inspect", file("x.bpf.o", "nothing")]), 1, /x\.bpf\.o/);
  });

  it("an object without BTF, and one that is cut off", async () => {
    const source = file(
      "plain.bpf.c",
      'int x(void *c) { return 0; }\nchar l[] __attribute__((section("license"))) = "GPL";\n',
    );
    const object = join(folder, "plain.bpf.o");
    execFileSync("clang", ["-target", "bpf", "-O2", "-c", source, "-o", object]);
    explained(await wbpf(["gen", object]), 1, /BTF/, /-g/);
    const cut = file("cut.bpf.o", readFileSync(object).subarray(0, 300));
    explained(await wbpf(["gen", cut]), 1, /cut\.bpf\.o/);
    explained(await wbpf(["inspect", cut]), 1, /'cut'/);
  });

  it("a folder that is no tool, and mistakes in its sources", async () => {
    const tool = mkdtempSync(join(root, "test/fixtures/.bad-"));
    try {
      explained(await wbpf(["build", tool]), 1, /main\.ts/);
      writeFileSync(join(tool, "main.ts"), "export const x = 1;\n");
      explained(await wbpf(["build", tool]), 1, /export function main\(\): i32/);
      writeFileSync(join(tool, "main.ts"), "export function main(): i32 {\n  return nowhere;\n}\n");
      explained(await wbpf(["build", tool]), 1, /main\.ts.2.10|main\.ts:2:10/, /nowhere/);
      writeFileSync(join(tool, "main.ts"), "export function main(): i32 {\n  return 0;\n}\n");
      writeFileSync(join(tool, "t.bpf.c"), "int f(void)\n{\n\treturn nowhere;\n}\n");
      explained(await wbpf(["build", tool]), 1, /t\.bpf\.c:3:9/, /nowhere/);
    } finally {
      rmSync(tool, { recursive: true });
    }
  });

  it("a module that traps: kind and function, and file and line when built with --debug", async () => {
    explained(await wbpf(["run", wasm("trap")]), 1, /divi/i, /--debug/);
    const debug = join(folder, "trap.wasm");
    await build(join(fixtures, "trap"), "--debug", "-o", debug);
    explained(await wbpf(["run", debug]), 1, /divi/i, /main\.ts:6/);
    explained(await wbpf(["run", debug, "--how", "index"]), 1, /main\.ts:13/);
    explained(await wbpf(["run", debug, "--how", "deep"]), 1, /stack/i, /main\.ts:19/);
    assert.equal((await wbpf(["run", debug, "--how", "deep"])).stdout, "about to trap\n");
    copyFileSync(debug, join(folder, "lost.wasm"));
  });

  it("a module that loops for ever: Ctrl-C ends it, twice at once", async () => {
    const patient = start(["run", "--grace", "300", wasm("loop")]);
    await patient.printed(/looping/);
    const asked = Date.now();
    explained(await patient.stop("SIGINT"), 130, /300 ms/);
    assert.ok(Date.now() - asked < 5_000);

    const hasty = start(["run", "--grace", "60000", wasm("loop")]);
    await hasty.printed(/looping/);
    hasty.child.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 200));
    explained(await hasty.stop("SIGTERM"), 143);
  });

  it("no libbpf", async () => {
    await build(join(fixtures, "abi"));
    const env = { ...process.env, WBPF_LIBBPF: "/nowhere/libbpf.so.1" };
    explained(await wbpf(["run", wasm("abi")], { env }), 1, /libbpf/, /\/nowhere\/libbpf\.so\.1/);
  });
});

kernelSuite("bad input to the kernel", function () {
  this.timeout(60_000);
  before(async () => {
    for (const name of ["refused", "unsupported", "abi"]) await build(join(fixtures, name));
  });

  it("a program that the verifier refuses: its last lines, and all with --verbose", async () => {
    const brief = await wbpf(["run", wasm("refused")]);
    explained(brief, 1, /unchecked/, /R\d invalid mem access 'map_value_or_null'/);
    const all = await wbpf(["run", "--verbose", wasm("refused")]);
    explained(all, 1, /call bpf_map_lookup_elem/, /processed \d+ insns/);
    assert.ok(all.stderr.length > brief.stderr.length);
  });

  it("a map that no kernel has", async () => {
    explained(await wbpf(["run", wasm("unsupported")]), 1, /from_the_future/, /999/);
  });

  it("each wrong call gives an errno and a sentence, and the host lives", async () => {
    const ended = await wbpf(["run", wasm("abi")]);
    assert.equal(ended.code, 0, ended.stderr);
    const told = new Map(
      ended.stdout.split("\n").map((line) => {
        const [, what = "", answer = ""] = /^([^:]*): (.*)$/.exec(line) ?? [];
        return [what, answer] as const;
      }),
    );
    const expected: Record<string, RegExp> = {
      load: /^0/,
      "unknown map": /^-2 .*"?count"?.*counts/,
      "unknown program": /^-2 .*count_execs.*counts_execs/,
      "never given": /^-9 .*never given/,
      negative: /^-9 ./,
      zero: /^-9 ./,
      "program as map": /^-9 .*program.*map/,
      "map as program": /^-9 .*map.*program/,
      "object as link": /^-9 .*object.*link/,
      "load twice": /^-114 ./,
      "key outside": /^-14 .*counts.*memory/,
      "value outside": /^-14 .*memory/,
      "value past 4 GiB": /^-14 .*memory/,
      "next outside": /^-14 .*memory/,
      "delete outside": /^-14 .*memory/,
      "info outside": /^-14 ./,
      "bytes outside": /^-14 ./,
      "name outside": /^-14 ./,
      "not a ring": /^-22 .*counts/,
      "poll a map": /^-9 ./,
      truncated: /^-\d+ .*truncated/,
      "not ELF": /^-\d+ .*nothing/,
      destroy: /^0/,
      destroyed: /^-9 .*closed/,
      close: /^0/,
      "closed object": /^-9 .*closed/,
      "map of a closed object": /^-9 .*closed/,
    };
    for (const [what, pattern] of Object.entries(expected))
      assert.match(told.get(what) ?? "nothing", pattern, what);
    assert.match(ended.stdout, /^alive$/m);
  });

  it("no root: what is missing, and how to get it", async () => {
    const ended = await wbpf(["run", wasm("abi")], { uid: 65534, gid: 65534 });
    assert.match(ended.stdout + ended.stderr, /CAP_BPF/);
    assert.match(ended.stdout + ended.stderr, /root|sudo/);
  });
});
