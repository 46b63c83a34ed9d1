import assert from "node:assert/strict";
import { temporaryFolder, Wbpf, wbpf } from "../testing/built.js";
import { compileGuest } from "../testing/guest.js";
import { buildWasm, ENDLESS } from "../testing/wasm-builder.js";

describe("wbpf", () => {
  const { put, path } = temporaryFolder();

  const guest = async (name: string, source: string, debug = false): Promise<string> => {
    const { wasm, sourceMap } = await compileGuest(source, { debug });
    if (debug) put(`${name}.map`, sourceMap);
    return put(name, wasm);
  };
  const loop = () => put("loop.wasm", buildWasm({ start: ENDLESS }));

  it("passes arguments, output and exit code through", async () => {
    const file = await guest(
      "echo.wasm",
      `args_sizes_get(word, word + 4);
       print(strings(load<u32>(word), load<u32>(word + 4), true).join("|"));
       print("!", 2);
       proc_exit(9);`,
    );
    const { code, stdout, stderr } = await wbpf(
      "run",
      "--verbose",
      file,
      "--verbose",
      "-x",
      "--",
      "--help",
      "a b",
      "",
    );
    assert.equal(stdout, "echo|--verbose|-x|--|--help|a b|");
    assert.equal(stderr, "!");
    assert.equal(code, 9);
  });

  it("passes only the variables that were named", async () => {
    const file = await guest(
      "env.wasm",
      `environ_sizes_get(word, word + 4);
       print(strings(load<u32>(word), load<u32>(word + 4), false).join("|"));`,
    );
    const run = new Wbpf(["run", "--env", "A=1=2", "--env", "SEEN", "--env", "UNSET", file], {
      SEEN: "yes",
      HIDDEN: "no",
    });
    assert.equal((await run.ended).stdout, "A=1=2|SEEN=yes");
    assert.equal((await wbpf("run", file)).stdout, "");
  });

  it("tells a trap in one sentence and the frames", async () => {
    const file = await guest("trap.wasm", "function f(): void {\n  unreachable();\n}\nf();", true);
    const { code, stderr } = await wbpf("run", file);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^wbpf: trap\.wasm trapped at guest\.ts:2:\d+ in f: it gave up \(unreachable\)\n( {4}at .*\n)+$/,
    );
    assert.doesNotMatch(stderr, /node:|\.js/);
  });

  it("answers wrong usage with 2 and every failure with 1, a sentence each", async () => {
    const text = put("text.wasm", "hello");
    const cases: [args: string[], code: number, stderr: RegExp][] = [
      [["run"], 2, /^wbpf: missing required argument 'module.wasm'\n/],
      [["run", "--bad", "x.wasm"], 2, /^wbpf: unknown option '--bad'\n/],
      [
        ["run", "--grace", "soon", loop()],
        2,
        /^wbpf: --grace 'soon': a number of milliseconds was expected, such as 2000\n$/,
      ],
      [["run", "--backend", "moon", loop()], 2, /^wbpf: there is no backend 'moon'/],
      [["frobnicate"], 2, /^wbpf: unknown command 'frobnicate'\n/],
      [["run", path("none.wasm")], 1, /^wbpf: cannot read .*none\.wasm: there is no such file\n$/],
      [
        ["run", text],
        1,
        /^wbpf: cannot run text\.wasm: it is not a Wasm module but a text file\n$/,
      ],
      [["inspect", path("none.o")], 1, /^wbpf: cannot read .*none\.o: there is no such file\n$/],
      [["inspect", text], 1, /^wbpf: cannot inspect .*text\.wasm: it is not a Wasm module/],
      [["inspect", put("bad.bpf.o", "\x7fELFnonsense")], 1, /^wbpf: .*\n$/],
      [["vmlinux", "--btf", text], 1, /^wbpf: .*text\.wasm.*\n$/],
      [["vmlinux", "-o", "/nowhere/x.h"], 1, /^wbpf: cannot write \/nowhere\/x\.h: .*\n$/],
    ];
    for (const [args, code, pattern] of cases) {
      const ended = await wbpf(...args);
      assert.match(ended.stderr, pattern, args.join(" "));
      assert.equal(ended.code, code, args.join(" "));
      assert.doesNotMatch(ended.stderr, /\n {4}at /);
    }
  });

  it("shows the stack only with WBPF_DEBUG=1", async () => {
    const { stderr } = await new Wbpf(["run", path("none.wasm")], { WBPF_DEBUG: "1" }).ended;
    assert.match(stderr, /\n {4}at /);
  });

  it("has help with examples for every command, and a version", async () => {
    const all = await wbpf("--help");
    assert.equal(all.code, 0);
    for (const command of ["run", "inspect", "vmlinux", "build", "gen", "layout"]) {
      assert.match(all.stdout, new RegExp(`^  ${command} `, "m"));
    }
    for (const command of ["run", "inspect", "vmlinux"]) {
      const { code, stdout } = await wbpf(command, "--help");
      assert.equal(code, 0);
      assert.match(stdout, /^Examples:$/m);
    }
    assert.match((await wbpf("--version")).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    it(`ends a module that ignores ${signal} after the grace period, with ${code}`, async () => {
      const file = await guest("busy.wasm", `print("ready"); while (true) sched_yield();`);
      const run = new Wbpf(["run", "--grace", "200", file]);
      await run.says("ready");
      const start = Date.now();
      run.child.kill(signal);
      const ended = await run.ended;
      assert.equal(ended.code, code);
      assert.equal(ended.stderr, "wbpf: busy.wasm did not stop within 200 ms and was ended\n");
      assert(Date.now() - start < 1500);
    });
  }

  it("ends at once on the second Ctrl-C", async () => {
    const file = await guest("busy2.wasm", `print("ready"); while (true) sched_yield();`);
    const run = new Wbpf(["run", "--grace", "20000", file]);
    await run.says("ready");
    run.child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 100));
    run.child.kill("SIGINT");
    const start = Date.now();
    assert.equal((await run.ended).code, 130);
    assert(Date.now() - start < 1500);
  });

  it("ends on Ctrl-C when the reader of its output stalls", async () => {
    const file = await guest(
      "flood.wasm",
      `const text = "x".repeat(1000); while (true) print(text);`,
    );
    const run = new Wbpf(["run", "--grace", "300", file]);
    await run.says("xxxx");
    run.child.stdout.pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    run.child.kill("SIGINT");
    const start = Date.now();
    const code = await new Promise((resolve) => run.child.on("exit", resolve));
    assert.equal(code, 130);
    assert(Date.now() - start < 2000);
    run.child.stdout.resume();
  });

  it("ends quietly when nobody reads its output any more", async () => {
    const file = await guest("head.wasm", `while (print("line\\n") == 0) {} proc_exit(4);`);
    const run = new Wbpf(["run", file]);
    await run.says("line");
    run.child.stdout.destroy();
    const ended = await run.ended;
    assert.deepEqual([ended.code, ended.stderr], [4, ""]);
  });

  it("ends a module that goes on writing to nobody as SIGPIPE would", async () => {
    const file = await guest("deaf.wasm", `while (true) print("line\\n");`);
    const run = new Wbpf(["run", "--grace", "200", file]);
    await run.says("line");
    run.child.stdout.destroy();
    const ended = await run.ended;
    assert.deepEqual([ended.code, ended.stderr], [141, ""]);
  });
});
