import assert from "node:assert/strict";
import { ExitSignal } from "../imports/signals.js";
import { GuestMemory } from "../memory/guest-memory.js";
import { PAGE } from "../testing/rig.js";
import type { WasiContext } from "./context.js";
import { DescriptorTable } from "./files/table.js";
import { wasiImports } from "./index.js";
import { WASI_SIGNATURES, type WasiFunction } from "./signatures.js";

type Call = (...args: (number | bigint)[]) => number;

const BADF = 8;
const FAULT = 21;
const INVAL = 28;
const PIPE = 64;
const NOTDIR = 54;
const SPIPE = 70;
const NOTCAPABLE = 76;

function setUp(options: Partial<WasiContext> = {}) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const guest = new GuestMemory();
  guest.attach(memory);
  const written: { fd: number; text: string }[] = [];
  const output = {
    write: (fd: number, pointer: number, length: number) => {
      written.push({ fd, text: Buffer.from(memory.buffer, pointer, length).toString() });
      return length;
    },
  };
  const sleep = () => 0;
  const files = new DescriptorTable([]);
  const base = { memory: guest, args: ["tool"], env: {}, output, files, mayUse: () => {}, sleep };
  const context = { ...base, ...options };
  return {
    call: wasiImports(context) as unknown as Record<WasiFunction, Call>,
    view: new DataView(memory.buffer),
    bytes: new Uint8Array(memory.buffer),
    written,
  };
}

/** Puts ranges at 0 and gives their count. */
function ranges(view: DataView, ...list: [pointer: number, length: number][]): number {
  list.forEach(([pointer, length], i) => {
    view.setUint32(8 * i, pointer, true);
    view.setUint32(8 * i + 4, length, true);
  });
  return list.length;
}

describe("WASI preview 1", () => {
  it("links every function, and refuses sockets, links and signals", () => {
    const { call } = setUp();
    const names = Object.keys(WASI_SIGNATURES) as WasiFunction[];
    assert.equal(names.length, 46);
    const refused = names.filter((name) =>
      /^sock_|^path_(sym)?link$|^fd_(allocate|fdstat_set_rights)|proc_raise/.test(name),
    );
    assert.equal(refused.length, 9);
    for (const name of names) {
      const [params = ""] = WASI_SIGNATURES[name].split(":");
      const zeros = [...params].map((c) => (c === "I" ? 0n : 0));
      if (refused.includes(name)) assert.equal(call[name](...zeros), NOTCAPABLE, name);
      // Nothing was granted: no descriptor leads to a file.
      if (/^path_/.test(name) && !refused.includes(name)) {
        for (const fd of [3, 99, -1]) assert.equal(call[name](fd, ...zeros.slice(1)), BADF, name);
        assert.equal(call[name](1, ...zeros.slice(1)), NOTDIR, name);
      }
    }
  });

  it("writes to 1 and 2 and to nothing else", () => {
    const { call, view, bytes, written } = setUp();
    bytes.set(Buffer.from("hello world"), 1024);
    const count = ranges(view, [1024, 6], [1030, 0], [1030, 5]);
    assert.equal(call.fd_write(1, 0, count, 512), 0);
    assert.equal(view.getUint32(512, true), 11);
    assert.equal(call.fd_write(2, 0, 1, 512), 0);
    assert.deepEqual(written, [
      { fd: 1, text: "hello " },
      { fd: 1, text: "world" },
      { fd: 2, text: "hello " },
    ]);
    for (const fd of [0, 3, 4, 19, -1]) assert.equal(call.fd_write(fd, 0, 1, 512), BADF);
    assert.equal(call.fd_write(1, 0, 0, 512), 0);
    assert.equal(view.getUint32(512, true), 0);
  });

  it("writes nothing if any range is wrong", () => {
    const { call, view, written } = setUp();
    for (const bad of [
      [PAGE, 1],
      [PAGE - 4, 5],
      [0xffffffff, 1],
      [16, 0xffffffff],
      [0xfffffff0, 0x20],
    ] as [number, number][]) {
      assert.equal(call.fd_write(1, 0, ranges(view, [1024, 4], bad), 512), FAULT);
    }
    const count = ranges(view, [1024, 4]);
    assert.equal(call.fd_write(1, 0, count, PAGE - 3), FAULT);
    assert.equal(call.fd_write(1, PAGE - 7, 1, 512), FAULT);
    assert.equal(call.fd_write(1, -8, 1, 512), FAULT);
    assert.equal(call.fd_write(1, 0, 1025, 512), INVAL);
    assert.equal(call.fd_write(1, 0, -1, 512), INVAL);
    assert.deepEqual(written, []);
  });

  it("reports what was written before an error, and the error if there was nothing", () => {
    let answers: number[] = [];
    const { call, view } = setUp({ output: { write: () => answers.shift() ?? 0 } });
    const count = ranges(view, [1024, 4], [1028, 4]);
    answers = [4, -32];
    assert.equal(call.fd_write(1, 0, count, 512), 0);
    assert.equal(view.getUint32(512, true), 4);
    for (const [errno, expected] of [
      [-32, PIPE],
      [-125, 11],
      [-11, 6],
      [-28, 51],
      [-999, 29],
    ] as const) {
      answers = [errno];
      assert.equal(call.fd_write(1, 0, count, 512), expected);
    }
  });

  it("knows the standard descriptors as a character device, until they are closed", () => {
    const { call, view, bytes } = setUp();
    bytes.fill(0xff, 64, 96);
    assert.equal(call.fd_fdstat_get(1, 64), 0);
    assert.deepEqual(
      [
        view.getUint8(64),
        view.getUint16(66, true),
        view.getBigUint64(72, true),
        view.getBigUint64(80, true),
        view.getUint8(88),
      ],
      [2, 0, 64n, 0n, 0xff],
    );
    assert.equal(call.fd_fdstat_get(0, 64), 0);
    assert.equal(view.getBigUint64(72, true), 2n);
    assert.equal(call.fd_fdstat_get(3, 64), BADF);
    assert.equal(call.fd_fdstat_get(1, PAGE - 23), FAULT);
    assert.equal(call.fd_seek(1, 0n, 0, 64), SPIPE);
    assert.equal(call.fd_seek(3, 0n, 0, 64), BADF);
    assert.equal(call.fd_close(2), 0);
    assert.equal(call.fd_close(2), BADF);
    assert.equal(call.fd_write(2, 0, 0, 64), BADF);
    assert.equal(call.fd_close(3), BADF);
    for (const fd of [0, 3, 4]) {
      assert.equal(call.fd_prestat_get(fd, 64), BADF);
      assert.equal(call.fd_prestat_dir_name(fd, 64, 8), BADF);
    }
  });

  it("has a standard input that is at its end", () => {
    const { call, view } = setUp();
    view.setUint32(512, 9, true);
    assert.equal(call.fd_read(0, 0, ranges(view, [1024, 64]), 512), 0);
    assert.equal(view.getUint32(512, true), 0);
    assert.equal(call.fd_read(1, 0, 1, 512), BADF);
    assert.equal(call.fd_read(0, 0, ranges(view, [PAGE, 64]), 512), FAULT);
  });

  it("gives arguments and the variables that it was told to", () => {
    const { call, view, bytes } = setUp({
      args: ["tool", "", "--näme=1"],
      env: { A: "1", B: "x=y" },
    });
    const read = (
      get: "args_get" | "environ_get",
      sizes: "args_sizes_get" | "environ_sizes_get",
    ) => {
      assert.equal(call[sizes](0, 4), 0);
      const count = view.getUint32(0, true);
      const size = view.getUint32(4, true);
      bytes.fill(0xff, 1024, 2048);
      assert.equal(call[get](512, 1024), 0);
      assert.equal(bytes[1024 + size], 0xff);
      return Array.from({ length: count }, (_, i) => {
        const at = view.getUint32(512 + 4 * i, true);
        return Buffer.from(bytes.subarray(at, bytes.indexOf(0, at))).toString();
      });
    };
    assert.deepEqual(read("args_get", "args_sizes_get"), ["tool", "", "--näme=1"]);
    assert.deepEqual(read("environ_get", "environ_sizes_get"), ["A=1", "B=x=y"]);
    assert.equal(call.args_get(PAGE - 11, 1024), FAULT);
    assert.equal(call.args_get(512, PAGE - 15), FAULT);
    assert.equal(call.args_sizes_get(PAGE - 3, 0), FAULT);
    assert.equal(call.environ_sizes_get(0, -4), FAULT);
    assert.equal(call.environ_get(-1, 0), FAULT);
  });

  it("has no environment by itself", () => {
    const { call, view } = setUp();
    assert.equal(call.environ_sizes_get(0, 4), 0);
    assert.deepEqual([view.getUint32(0, true), view.getUint32(4, true)], [0, 0]);
  });

  it("reads the two clocks", () => {
    const { call, view } = setUp();
    assert.equal(call.clock_time_get(0, 1n, 64), 0);
    const wall = Number(view.getBigUint64(64, true) / 1_000_000n);
    assert(Math.abs(wall - Date.now()) < 100, `${wall}`);
    let before = 0n;
    for (let i = 0; i < 2000; i++) {
      assert.equal(call.clock_time_get(0, 0n, 64), 0);
      const now = view.getBigUint64(64, true);
      assert(now > before);
      before = now;
    }
    const start = process.hrtime.bigint();
    assert.equal(call.clock_time_get(1, 1n, 64), 0);
    const monotonic = view.getBigUint64(64, true);
    assert(monotonic >= start && monotonic <= process.hrtime.bigint());
    for (const id of [2, 3, 4, -1]) {
      assert.equal(call.clock_time_get(id, 0n, 64), INVAL);
      assert.equal(call.clock_res_get(id, 64), INVAL);
    }
    assert.equal(call.clock_res_get(1, 64), 0);
    assert(view.getBigUint64(64, true) > 0n);
    assert.equal(call.clock_time_get(1, 0n, PAGE - 7), FAULT);
  });

  it("draws random numbers into exactly the range that was asked for", () => {
    const { call, bytes } = setUp();
    assert.equal(call.random_get(8, PAGE - 16), 0);
    assert(bytes.subarray(0, 8).every((b) => b === 0));
    assert(bytes.subarray(PAGE - 8).every((b) => b === 0));
    assert(new Set(bytes).size > 250);
    assert.equal(call.random_get(PAGE - 7, 8), FAULT);
    assert.equal(call.random_get(0, -1), FAULT);
    assert.equal(call.random_get(PAGE, 0), 0);
  });

  it("exits with the module's code, unsigned", () => {
    const { call } = setUp();
    for (const [given, code] of [
      [0, 0],
      [3, 3],
      [-1, 0xffffffff],
    ] as const) {
      assert.throws(
        () => call.proc_exit(given),
        (thrown) => thrown instanceof ExitSignal && thrown.code === code,
      );
    }
    assert.equal(call.sched_yield(), 0);
  });
});
