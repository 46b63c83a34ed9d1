import assert from "node:assert/strict";
import { compile } from "../btf/testing/clang.js";
import { Random } from "../btf/testing/random.js";
import {
  PRELUDE,
  type RandomLeaf,
  type RandomStruct,
  StructMaker,
} from "../btf/testing/structs.js";
import { className } from "../emit/names.js";
import { BpfObjectFile } from "../object/index.js";
import { generateHostTypes } from "./index.js";
import { load } from "./testing/load.js";

interface Sample {
  readonly struct: RandomStruct;
  readonly leaf: RandomLeaf;
  readonly constant: string;
  readonly chosen: bigint;
}

type Values = Record<string, unknown> & {
  at(index: number): unknown;
  set(index: number, value: unknown): void;
};
type ViewClass = (new (
  bytes: Uint8Array,
) => Values) & { SIZE: number; alloc(): Values & { $bytes: Uint8Array } };

/** One struct after the other with constants that C fills in, and the bindings that should read and write the same bytes. */
async function prepare(seed: number, byteOrder: "little" | "big") {
  const random = new Random(seed);
  const maker = new StructMaker(random);
  const structs = Array.from({ length: 80 }, () => maker.make());
  const samples: Sample[] = [];
  const lines = [PRELUDE];
  structs.forEach((struct, index) => {
    lines.push(struct.definition, `${struct.name} whole${index};`);
    struct.leaves.forEach((leaf, at) => {
      const sample = { struct, leaf, constant: `value${index}_${at}`, chosen: random.bits(128) };
      samples.push(sample);
      const path = leaf.path
        .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
        .join("");
      lines.push(
        `const ${struct.name} ${sample.constant} = { ${path} = ${literal(leaf, sample.chosen)} };`,
      );
    });
  });
  const object = BpfObjectFile.parse(
    compile(lines.join("\n"), { target: byteOrder === "big" ? "bpfeb" : "bpf" }),
  );
  const text = generateHostTypes(object.btf, {
    types: structs.map(({ name }) => name),
    source: "random",
  });
  const bytes = new Map(
    object.dataSections.flatMap(({ variables }) =>
      variables.map((v) => [v.name, v.initial.length > 0 ? v.initial : new Uint8Array(v.size)]),
    ),
  );
  return { generated: await load(text), samples, bytes };
}

function literal(leaf: RandomLeaf, chosen: bigint): string {
  if (leaf.what === "bool") return "1";
  if (leaf.what === "float" || leaf.what === "double") return `${chosen & 0xffffn}.5`;
  if (leaf.what === "pointer") return `(${leaf.type})${BigInt.asUintN(64, chosen)}UL`;
  return `(${leaf.type})(((unsigned __int128)${chosen >> 64n}UL << 64) | ${BigInt.asUintN(64, chosen)}UL)`;
}

const SIGNED = new Set([
  "signed char",
  "char",
  "short",
  "int",
  "long",
  "__int128",
  "enum e1",
  "enum e4",
]);
const BITS: Readonly<Record<string, number>> = {
  "signed char": 8,
  "unsigned char": 8,
  char: 8,
  short: 16,
  "unsigned short": 16,
  int: 32,
  "unsigned int": 32,
  my_u32: 32,
  "enum e1": 8,
  "enum e2": 16,
  "enum e4": 32,
  __int128: 128,
  "unsigned __int128": 128,
};

/** What JavaScript should see. */
function expected({ leaf, chosen }: Sample): number | bigint | boolean {
  if (leaf.what === "bool") return true;
  if (leaf.what === "float" || leaf.what === "double") return Number(chosen & 0xffffn) + 0.5;
  const whole = BITS[leaf.type] ?? 64;
  const bits = leaf.bits || whole;
  const value = SIGNED.has(leaf.type) ? BigInt.asIntN(bits, chosen) : BigInt.asUintN(bits, chosen);
  return whole <= 32 ? Number(value) : value;
}

/** Goes to where the leaf is; gives the way to read and to write it there. */
function access(view: Values, leaf: RandomLeaf): { get(): unknown; set(value: unknown): void } {
  let at: Values = view;
  const steps = leaf.path.slice(0, -1);
  for (const step of steps)
    at = (typeof step === "number" ? at.at(step) : arrayOf(at, step)) as Values;
  const last = leaf.path.at(-1) as string | number;
  if (typeof last === "number")
    return { get: () => at.at(last), set: (value) => at.set(last, value) };
  return {
    get: () => at[last],
    set(value) {
      at[last] = value;
    },
  };
}

/** An array of char reads as text under its own name. */
function arrayOf(view: Values, name: string): unknown {
  return `${name}_bytes` in view ? view[`${name}_bytes`] : view[name];
}

describe("bindings for the host, over bytes of random C structs", function () {
  this.timeout(60_000);

  for (const [byteOrder, seed] of [
    ["little", 11],
    ["big", 12],
  ] as const) {
    it(`read what C wrote, and write what C would (${byteOrder}-endian, seed ${seed})`, async () => {
      const { generated, samples, bytes } = await prepare(seed, byteOrder);
      let compared = 0;
      for (const sample of samples) {
        const type = generated[className(sample.struct.name.split(" ")[1] ?? "")] as ViewClass;
        const theirs = bytes.get(sample.constant);
        assert.ok(theirs);
        assert.equal(type.SIZE, theirs.length, sample.struct.definition);
        const message = `${sample.leaf.path.join(".")} (${sample.leaf.type} : ${sample.leaf.bits}) in\n${sample.struct.definition}`;
        compare(type, sample, theirs, message);
        compared++;
      }
      assert.ok(compared > 400, `only ${compared}`);
    });
  }

  function compare(type: ViewClass, sample: Sample, theirs: Uint8Array, message: string): void {
    const value = expected(sample);
    const read = access(new type(theirs), sample.leaf);
    const ours = type.alloc();
    const write = access(ours, sample.leaf);
    const wide = typeof read.get() === "object";
    if (wide) {
      // A 16-byte integer that is no bitfield is a view of two halves.
      const { lo, hi } = read.get() as { lo: bigint; hi: bigint };
      assert.equal((hi << 64n) | lo, BigInt.asUintN(128, value as bigint), message);
      Object.assign(write.get() as object, {
        lo: BigInt.asUintN(64, value as bigint),
        hi: BigInt.asUintN(64, (value as bigint) >> 64n),
      });
    } else {
      assert.equal(read.get(), value, message);
      write.set(value);
    }
    assert.equal(
      Buffer.from(ours.$bytes).toString("hex"),
      Buffer.from(theirs).toString("hex"),
      `written: ${message}`,
    );
    if (
      wide ||
      typeof value === "boolean" ||
      sample.leaf.what === "float" ||
      sample.leaf.what === "double"
    )
      return;
    // Over bytes that are all ones, only the field's own bits may change.
    const full = new type(new Uint8Array(theirs.length).fill(0xff));
    const field = access(full, sample.leaf);
    field.set(typeof value === "bigint" ? 0n : 0);
    assert.equal(BigInt(field.get() as number), 0n, message);
    field.set(typeof value === "bigint" ? -1n : -1);
    assert.ok(
      (full as unknown as { $bytes: Uint8Array }).$bytes.every((byte) => byte === 0xff),
      `a neighbour of ${message}`,
    );
  }
});
