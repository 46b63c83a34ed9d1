import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Btf } from "../btf/btf.js";
import { Kind } from "../btf/format.js";
import { BtfBuilder } from "../btf/testing/builder.js";
import { compile } from "../btf/testing/clang.js";
import { Random } from "../btf/testing/random.js";
import { Elf } from "../elf/elf.js";
import { CodegenError, FormatError } from "../errors.js";
import { jsonObject, jsonType } from "../layout/json.js";
import { printType } from "../layout/print.js";
import { printObject } from "../layout/text.js";
import { BpfObjectFile } from "./object.js";

/** Enough for every byte of the small inputs below to be hit many times. */
const MUTATIONS = 110_000;
/** A mutation that takes more processor time has found a hang; the slowest honest one takes a few milliseconds. */
const TOO_LONG_MS = 2000;

/** Reads all that there is to read. */
function exercise(bytes: Uint8Array, print = true): void {
  if (Elf.is(bytes)) {
    const object = BpfObjectFile.parse(bytes);
    useTypes(object.btf, print);
    printObject(object);
    jsonObject(object);
  } else {
    useTypes(Btf.parse(bytes), print);
  }
}

function useTypes(btf: Btf, print: boolean): void {
  const limit = Math.min(btf.typeCount, 400);
  for (let id = 1; id < limit; id++) {
    tolerate(() => btf.size(id));
    tolerate(() => btf.alignment(id));
    tolerate(() => btf.cDeclaration(id, "x"));
    const kind = btf.kind(id);
    if (kind === "STRUCT" || kind === "UNION") {
      tolerate(() => {
        const size = btf.size(id) * 8;
        for (const field of btf.fields(id))
          assert.ok(
            field.bitOffset >= 0 && field.bitOffset + (field.bitSize || field.size * 8) <= size,
            "a field leaves its type",
          );
      });
    }
    if (!print) continue;
    tolerate(() => printType(btf, id));
    tolerate(() => jsonType(btf, id));
  }
}

/** One bad type must not keep the others from being looked at. */
function tolerate(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    checkError(error);
  }
}

function checkError(error: unknown): void {
  assert.ok(
    error instanceof CodegenError,
    `not a CodegenError: ${error instanceof Error ? error.stack : error}`,
  );
  assert.ok(
    error.message.length > 10 && error.message.length < 2000,
    `message of ${error.message.length} characters`,
  );
  if (error instanceof FormatError) {
    assert.ok(error.section !== "" && Number.isInteger(error.offset), `no place: ${error.message}`);
    assert.ok(error.message.startsWith(`${error.section}: `), error.message);
  }
}

const EXTREMES = [0, 1, 2, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** A copy with one to four things wrong: bits, bytes, words, cut, moved. Most aim at a part that matters. */
function mutate(
  seed: Uint8Array,
  hot: readonly (readonly [number, number])[],
  random: Random,
): Uint8Array {
  const bytes = Uint8Array.from(seed);
  const view = new DataView(bytes.buffer);
  for (let count = 1 + random.below(4); count > 0; count--) {
    const [from, to] = random.chance(80) ? random.pick(hot) : [0, bytes.length];
    const at = from + random.below(Math.max(1, to - from - 4));
    switch (random.below(6)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        bytes[at] = random.below(256);
        break;
      case 2:
        view.setUint32(at & ~3, random.pick(EXTREMES), true);
        break;
      case 3:
        // A small number, which is often an id, an offset or a count that exists.
        view.setUint32(at & ~3, random.below(100), true);
        break;
      case 4:
        bytes.copyWithin(
          at,
          from + random.below(Math.max(1, to - from - 16)),
          Math.min(at + 16, to),
        );
        break;
      default:
        if (random.chance(20)) return bytes.subarray(0, random.below(bytes.length));
        view.setUint8(at, random.pick([0, 1, 255]));
    }
  }
  return bytes;
}

/** Raw BTF with every kind in it. */
function everyKind(byteOrder: "little" | "big"): Uint8Array {
  const b = new BtfBuilder(byteOrder);
  const int = b.int("int", 4, { encoding: 1 });
  const narrow = b.int("int", 4, { bits: 3, offset: 2 });
  const array = b.array(int, 3);
  const inner = b.struct("", 8, [
    ["x", int, 0],
    ["y", int, 32],
  ]);
  const union = b.struct(
    "",
    8,
    [
      ["u", int, 0],
      ["", inner, 0],
    ],
    { union: true },
  );
  const pointer = b.pointer(b.raw(Kind.CONST, 0, b.raw(Kind.VOLATILE, 0, int)));
  const restrict = b.raw(Kind.RESTRICT, 0, b.pointer(b.raw(Kind.TYPE_TAG, "user", int)));
  const typedef = b.raw(Kind.TYPEDEF, "word", int);
  const small = b.raw(Kind.ENUM, "e", 4, { vlen: 2 }, [
    b.string("A"),
    1,
    b.string("B"),
    0xffffffff,
  ]);
  const large = b.raw(Kind.ENUM64, "e64", 8, { vlen: 1, flag: true }, [b.string("C"), 5, 6]);
  const float = b.raw(Kind.FLOAT, "double", 8);
  const fwd = b.pointer(b.raw(Kind.FWD, "later", 0));
  const struct = b.struct("outer", 104, [
    ["a", array, 0],
    ["", union, 128],
    ["p", pointer, 192],
    ["r", restrict, 256],
    ["t", typedef, 320],
    ["e", small, 352],
    ["l", large, 384],
    ["f", float, 448],
    ["w", fwd, 512],
    ["n", narrow, 576],
  ]);
  b.struct(
    "bits",
    8,
    [
      ["one", int, (1 << 24) | 0],
      ["two", int, (30 << 24) | 1],
      ["three", int, 32],
    ],
    { flag: true },
  );
  const proto = b.raw(Kind.FUNC_PROTO, 0, int, { vlen: 2 }, [b.string("p"), struct, 0, 0]);
  const func = b.raw(Kind.FUNC, "f", proto, { vlen: 1 });
  const variable = b.raw(Kind.VAR, "v", struct, {}, [1]);
  b.raw(Kind.DATASEC, ".data", 104, { vlen: 1 }, [variable, 0, 104]);
  b.raw(Kind.DECL_TAG, "tag", func, {}, [0]);
  b.pointer(proto);
  return b.build();
}

describe("corrupt input", function () {
  this.timeout(300_000);

  // Most of the time would go to stack traces that nobody reads.
  const { stackTraceLimit } = Error;
  before(() => {
    Error.stackTraceLimit = 0;
  });
  after(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  const inputs = () => {
    const small = compile(`
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      struct v { int a : 3; long b; union { char c[4]; int d; }; };
      struct in { __uint(type, 2); __uint(max_entries, 1); __type(key, int); __type(value, struct v); } i SEC(".maps");
      struct { __uint(type, 12); __uint(max_entries, 2); __uint(key_size, 4); __array(values, struct in); } o SEC(".maps") = { .values = { &i } };
      extern int CONFIG_HZ __kconfig;
      const volatile int target = 1; struct v data = { 1 }; static int count;
      SEC("xdp") int p(void *c) { count++; return target + CONFIG_HZ + (bpf_map_lookup_elem(&o, &count) != 0); }
      char LICENSE[] SEC("license") = "GPL";`);
    const big = compile("struct v { int a : 3; long b; }; struct v data = { 1 };", {
      target: "bpfeb",
    });
    return [everyKind("little"), everyKind("big"), small, big];
  };

  /** Parts where every byte means something: the BTF, the headers, symbols, relocations; not code and not debug information. */
  function hotParts(bytes: Uint8Array): [number, number][] {
    if (!Elf.is(bytes)) return [[0, bytes.length]];
    const elf = Elf.parse(bytes);
    const parts = elf.sections
      .filter(
        ({ name, data }) =>
          data.length > 8 && /^(\.BTF|\.symtab|\.strtab|\.rel\.maps|\.maps)$/.test(name),
      )
      .map(({ fileOffset, data }): [number, number] => [fileOffset, fileOffset + data.length]);
    const headers = bytes.length - elf.sections.length * 64;
    return [[0, 64], [headers, bytes.length], ...parts];
  }

  it(`gets a clear answer for each of ${MUTATIONS} mutations`, () => {
    const seeds = inputs().map((bytes) => ({ bytes, hot: hotParts(bytes) }));
    for (const { bytes } of seeds) exercise(bytes);
    let refused = 0;
    for (let seed = 0; seed < MUTATIONS; seed++) {
      const random = new Random(seed);
      // The raw BTF is small, so that most mutations hit something.
      const input = seeds[random.chance(85) ? random.below(2) : 2 + random.below(2)];
      assert.ok(input);
      const bytes = mutate(input.bytes, input.hot, random);
      const start = process.cpuUsage();
      try {
        exercise(bytes, seed % 4 === 0);
      } catch (error) {
        refused++;
        try {
          checkError(error);
        } catch (problem) {
          throw new Error(`mutation with seed ${seed}: ${(problem as Error).message}`, {
            cause: error,
          });
        }
      }
      const { user, system } = process.cpuUsage(start);
      const took = (user + system) / 1000;
      assert.ok(took < TOO_LONG_MS, `mutation with seed ${seed} took ${Math.round(took)} ms`);
    }
    assert.ok(refused > MUTATIONS / 10, `only ${refused} were refused`);
    assert.ok(refused < MUTATIONS, "all were refused");
  });

  it("gets a clear answer for an object cut at every offset", () => {
    const bytes = compile("struct v { int a; } v;");
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => exercise(bytes.subarray(0, length)), CodegenError, `cut to ${length}`);
    }
  });

  it("gets a clear answer for text, zeros and other formats", () => {
    for (const bytes of [
      new Uint8Array(),
      new Uint8Array(4096),
      Buffer.from("#!/bin/sh\n"),
      Buffer.from("\x7fELF"),
      readFileSync(process.execPath).subarray(0, 4096),
    ]) {
      assert.throws(() => exercise(bytes), CodegenError);
    }
  });
});
