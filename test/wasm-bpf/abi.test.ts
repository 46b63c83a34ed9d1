import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { type Ended, start } from "../support/wbpf.js";
import { buildGuest } from "./support/guest.js";

const EPERM_OR_LESS = (value: number) => value < 0;

/** A program that makes the system call which the guests' BPF program waits for: getpriority(77, 0). */
function buildFiller(folder: string): string {
  const file = join(folder, "fill");
  execFileSync("gcc", ["-x", "c", "-o", file, "-"], {
    input:
      "#include <sys/syscall.h>\n#include <unistd.h>\nint main(void) { syscall(SYS_getpriority, 77, 0); return 0; }\n",
  });
  return file;
}

kernelSuite("each import of wasm_bpf", () => {
  const folder = mkdtempSync(join(tmpdir(), "wbpf-abi-"));
  let filler = "";
  before(() => {
    filler = buildFiller(folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Runs a guest, and the filler each time that it asks for it. */
  async function run(wasm: string, ...args: string[]): Promise<Ended> {
    const tool = start(["run", wasm, ...args]);
    let filled = 0;
    tool.child.stdout?.on("data", () => {
      for (; filled < (tool.stdout.match(/^FILL$/gm) ?? []).length; filled++) execFileSync(filler);
    });
    return tool.ended;
  }

  for (const [title, flags] of [
    ["with 32-bit pointers", []],
    ["with 64-bit pointers", ["-DWIDE_POINTERS"]],
  ] as const) {
    describe(title, () => {
      let ended: Ended;
      const results = new Map<string, number>();
      before(async function () {
        this.timeout(120_000);
        ended = await run(buildGuest("abi", { flags }));
        for (const [, name, value] of ended.stdout.matchAll(/^(\S+) (-?\d+)$/gm)) {
          results.set(name ?? "", Number(value));
        }
      });

      it("ends well, whatever it was given", () => {
        assert.equal(ended.code, 0, ended.stderr);
        assert.match(ended.stdout, /^END$/m);
      });

      const EXPECTED: Readonly<Record<string, number | ((value: number) => boolean)>> = {
        loaded: 1,
        "handle-again": 1,
        update: 0,
        "update-noexist": -17,
        "update-bad-flags": -22,
        lookup: 0,
        "lookup-value": 70,
        "lookup-missing": -2,
        "next-from-missing": 0,
        "next-value": 7,
        "next-at-end": -2,
        "next-from-null": 0,
        "next-from-null-is-a-key": 1,
        delete: 0,
        "delete-missing": -2,
        "command-5": -22,
        "command-0": -22,
        "key-outside": -14,
        "value-outside": -14,
        "map-0": -22,
        "map-fd": -22,
        "map-negative": -22,
        "percpu-at-end": -14,
        "percpu-untouched": 0x55,
        percpu: 0,
        "map-unknown": -2,
        "map-name-outside": -14,
        "map-name-endless": -36,
        "map-of-nothing": -22,
        "map-of-too-much": -22,
        "attach-unknown": -2,
        "attach-nothing": -22,
        "attach-name-outside": -14,
        "attach-target-outside": -14,
        "attach-target-unknown": EPERM_OR_LESS,
        "load-nothing": 0,
        "load-half": 0,
        "load-outside": 0,
        "close-nothing": -22,
        "poll-hash": -22,
        "poll-no-map": -22,
        "poll-no-object": -22,
        "poll-outside": -14,
        "poll-other-object": -22,
        "close-other": 0,
        "close-other-again": -22,
        close: 0,
        "lookup-closed": -22,
        "close-again": -22,
      };
      for (const [name, expected] of Object.entries(EXPECTED)) {
        const what = typeof expected === "number" ? `${expected}` : "negative";
        it(`${name}: ${what}`, () => {
          const value = results.get(name);
          assert.ok(value !== undefined, `it printed no ${name}:\n${ended.stdout}`);
          if (typeof expected === "number") assert.equal(value, expected);
          else assert.ok(expected(value), `${value}`);
        });
      }

      it("delivers every record of each buffer of the object, and says how many", () => {
        for (const line of [
          "perf-empty 0 records 0 first 0 last 0 size 0 beyond 55",
          "first 40 records 40 first 0 last 39 size 32 beyond 55",
          "second 40 records 40 first 1000 last 1039 size 32 beyond 55",
          "again 0 records 0 first 0 last 39 size 32 beyond 55",
        ]) {
          // What stands of the latest record is of the one before when there was none.
          const [name, count, , records] = line.split(" ");
          assert.match(
            ended.stdout,
            new RegExp(count === "0" ? `^${name} 0 records ${records} ` : `^${line}$`, "m"),
          );
        }
        // The kernel pads what goes through a perf buffer: 32 bytes and a size of 4, up to a multiple of 8.
        assert.match(ended.stdout, /^perf 1 records 1 first 5000 last 5000 size 36 beyond 55$/m);
      });

      it("cuts a record that is larger than the guest's buffer, says the cut size, and writes nothing beyond", () => {
        assert.match(ended.stdout, /^cut 40 records 40 first 1000 last 1039 size 4 beyond 55$/m);
        assert.match(ended.stdout, /^odd 40 records 40 first 0 last 39 size 7 beyond 55$/m);
      });

      it("tells the user the reason that the ABI has no room for, once", () => {
        for (const text of [
          /wbpf: wasm_bpf_map_fd_by_name: the object has no map 'hush'; did you mean 'hash'\?/,
          /wbpf: wasm_attach_bpf_program: the object has no program 'on_nothing'/,
          /wbpf: wasm_load_bpf_object: cannot open BPF object 'object1': it is empty/,
          /wbpf: wasm_bpf_buffer_poll: cannot open map 'hash' as a buffer: it is not a ring buffer/,
        ]) {
          assert.equal(ended.stderr.match(new RegExp(text, "g"))?.length, 1, ended.stderr);
        }
        assert.doesNotMatch(ended.stderr, /^\s+at /m);
      });
    });
  }

  it("calls the export of a TinyGo module back, which has no table", async () => {
    const { code, stdout, stderr } = await run(
      buildGuest("tinygo", { object: "abi", table: false }),
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^RECORD 42 1000 32$/m);
    assert.match(stdout, /^COUNT 40 SUM 40780$/m);
  });

  describe("a bad guest", () => {
    for (const [what, poll, reason] of [
      ["index", "poll -22", /there is no function 1000000 in the module's table of \d+/],
      ["negative", "poll -22", /there is no function 4294967295 in the module's table/],
      ["null", "poll -22", /function 0 of the module's table is not there/],
      ["type", "poll -22", /is not a callback \(i32, i32, i32\) → i32/],
    ] as const) {
      it(`names a wrong callback (${what}): an errno, one sentence, and it goes on`, async () => {
        const { code, stdout, stderr } = await run(buildGuest("bad", { object: "abi" }), what);
        assert.equal(code, 0, stderr);
        assert.match(stdout, new RegExp(`^${poll}\nafter 1$`, "m"));
        assert.match(stderr, reason);
        assert.equal(stderr.trim().split("\n").length, 1);
      });
    }

    it("has no table: an errno and one sentence", async () => {
      const guest = buildGuest("bad", { object: "abi", table: false });
      const { code, stdout, stderr } = await run(guest, "index");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^poll -22\nafter 1$/m);
      assert.match(stderr, /in the one table that the module exports, but it exports none/);
    });

    it("traps in its callback: one sentence", async () => {
      const { code, stdout, stderr } = await run(buildGuest("bad", { object: "abi" }), "traps");
      assert.equal(code, 1);
      assert.doesNotMatch(stdout, /^poll/m);
      assert.match(stderr, /^wbpf: bad-\w+\.wasm trapped .*it gave up \(unreachable\)/);
    });

    it("closes its own object in the callback: the rest is not delivered", async () => {
      const { code, stdout } = await run(buildGuest("bad", { object: "abi" }), "closes");
      assert.equal(code, 0);
      assert.match(stdout, /^closed 0\npoll 1\nafter 0$/m);
    });

    it("polls recursively: -EBUSY, and the outer poll goes on", async () => {
      const { code, stdout, stderr } = await run(buildGuest("bad", { object: "abi" }), "recurses");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^inner -16\ninner-other -16\npoll 40$/m);
    });

    it("grows its memory in the callback: every record still arrives", async () => {
      const { code, stdout, stderr } = await run(buildGuest("bad", { object: "abi" }), "grows");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^poll 40$/m);
    });

    it("exits in the callback", async () => {
      const { code } = await run(buildGuest("bad", { object: "abi" }), "exits");
      assert.equal(code, 7);
    });
  });
});
