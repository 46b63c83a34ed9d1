import assert from "node:assert/strict";
import { CodegenError, FormatError } from "../errors.js";
import { BpfObjectFile } from "../object/object.js";
import { readBits } from "./bits.js";
import { Btf } from "./btf.js";
import { Kind } from "./format.js";
import { BtfBuilder } from "./testing/builder.js";
import { compile } from "./testing/clang.js";
import { libbpfOf } from "./testing/libbpf.js";

const KINDS_C = `
struct declared;
typedef unsigned int u32;
enum color { RED = -1, GREEN = 5 };
union number { float f; double d; };
struct tagged { int __attribute__((btf_decl_tag("a_tag"))) x; };
struct all {
  const char *name; volatile u32 *restrict r; struct declared *d; enum color c; union number n; int grid[2][3];
  int (*handler)(struct all *, const char *, ...); void (*table[4])(void); int (*row)[7]; char *const *argv;
} everything;
struct tagged t;
int function(struct all *a, int n) { return a->c + n; }
`;

describe("Btf", () => {
  describe("types of every kind, as clang writes them", () => {
    let btf: Btf;
    before(() => {
      btf = BpfObjectFile.parse(compile(KINDS_C)).btf;
    });

    it("decodes them", () => {
      const kinds = new Set([...btf.types()].map(({ kind }) => kind));
      for (const kind of [
        "INT",
        "PTR",
        "ARRAY",
        "STRUCT",
        "UNION",
        "ENUM",
        "FWD",
        "TYPEDEF",
        "VOLATILE",
        "CONST",
        "RESTRICT",
      ] as const) {
        assert.ok(kinds.has(kind), kind);
      }
      for (const kind of ["FUNC", "FUNC_PROTO", "VAR", "DATASEC", "FLOAT", "DECL_TAG"] as const)
        assert.ok(kinds.has(kind), kind);
    });

    it("finds them by name and kind", () => {
      assert.equal(btf.findByName("all", "STRUCT")?.kind, "STRUCT");
      assert.equal(btf.findByName("all", "UNION"), undefined);
      assert.equal(btf.findByName("nothing"), undefined);
      assert.deepEqual(
        btf.findAllByName("number").map(({ kind }) => kind),
        ["UNION"],
      );
    });

    it("writes each declaration as C does", () => {
      const all = btf.findByName("all", "STRUCT");
      assert.ok(all);
      const texts = btf.fields(all.id).map(({ type, name }) => btf.cDeclaration(type, name));
      assert.deepEqual(texts, [
        "const char *name",
        "volatile u32 *restrict r",
        "struct declared *d",
        "enum color c",
        "union number n",
        "int grid[2][3]",
        "int (*handler)(struct all *, const char *, ...)",
        "void (*table[4])(void)",
        "int (*row)[7]",
        "char *const *argv",
      ]);
      assert.equal(
        btf.cDeclaration(btf.findByName("function", "FUNC")?.id ?? 0),
        "int function(struct all *a, int n)",
      );
      assert.equal(btf.cDeclaration(0, "*p"), "void *p");
    });

    it("tells sizes, and names what has none", () => {
      assert.equal(
        btf.size(btf.findByName("everything", "VAR")?.id ?? 0),
        btf.size(btf.findByName("all", "STRUCT")?.id ?? 0),
      );
      for (const [name, kind] of [
        ["declared", "FWD"],
        ["function", "FUNC"],
      ] as const) {
        const type = btf.findByName(name, kind);
        assert.ok(type);
        assert.throws(() => btf.size(type.id), {
          code: "NO_SIZE",
          message: new RegExp(`\\(${kind} ${name}\\) has no size`),
        });
      }
      assert.throws(() => btf.size(0), { code: "NO_SIZE" });
      assert.throws(() => btf.type(100_000), { code: "NO_TYPE" });
      assert.throws(() => btf.fields(btf.findByName("color")?.id ?? 0), { code: "NO_FIELDS" });
    });
  });

  for (const byteOrder of ["little", "big"] as const) {
    describe(`kinds that clang 14 does not write (${byteOrder}-endian)`, () => {
      it("reads ENUM64, signed and unsigned", () => {
        const builder = new BtfBuilder(byteOrder);
        const values = [
          builder.string("LOW"),
          5,
          0x80000000,
          builder.string("ALL"),
          0xffffffff,
          0xffffffff,
        ];
        const unsigned = builder.raw(Kind.ENUM64, "big", 8, { vlen: 2 }, values);
        const signed = builder.raw(Kind.ENUM64, "sbig", 8, { vlen: 2, flag: true }, values);
        const btf = Btf.parse(builder.build());
        assert.equal(btf.byteOrder, byteOrder);
        const read = (id: number) => {
          const type = btf.type(id);
          assert.ok(type.kind === "ENUM64");
          return type.values.map(({ value }) => value);
        };
        assert.deepEqual(read(unsigned), [0x8000000000000005n, 0xffffffffffffffffn]);
        assert.deepEqual(read(signed), [BigInt.asIntN(64, 0x8000000000000005n), -1n]);
      });

      it("trusts the sign of an enum where the compiler records it, and guesses it where not", () => {
        const values = (builder: BtfBuilder, value: number) => [builder.string("A"), value >>> 0];
        const read = (flagged: boolean, value: number, size = 4) => {
          const builder = new BtfBuilder(byteOrder);
          const id = builder.raw(Kind.ENUM, "e", size, { vlen: 1 }, values(builder, value));
          if (flagged) builder.raw(Kind.ENUM, "other", 4, { vlen: 0, flag: true });
          const type = Btf.parse(builder.build()).type(id);
          assert.ok(type.kind === "ENUM");
          return type.values[0]?.value;
        };
        assert.equal(read(true, -1), 0xffffffffn);
        assert.equal(read(false, -1), -1n);
        assert.equal(read(false, 0x80000000), 0x80000000n);
        assert.equal(read(false, -3, 1), -3n);
        assert.equal(read(false, 200, 1), 200n);
      });

      it("evens out bitfields of compilers from before kind_flag", () => {
        const builder = new BtfBuilder(byteOrder);
        const whole = builder.int("unsigned int", 4);
        const narrow = builder.int("unsigned int", 4, { bits: 5, offset: 3 });
        const struct = builder.struct("old", 8, [
          ["a", narrow, 0],
          ["b", narrow, 8],
          ["c", whole, 32],
        ]);
        const btf = Btf.parse(builder.build());
        const fields = btf
          .fields(struct)
          .map(({ bitOffset, bitSize, size }) => [bitOffset, bitSize, size]);
        assert.deepEqual(fields, [
          [3, 5, 4],
          [11, 5, 4],
          [32, 0, 4],
        ]);
        const bytes = Buffer.from([0xa8, 0x1f, 0, 0, 1, 2, 3, 4]);
        const values = btf
          .fields(struct)
          .map((f) => readBits(bytes, f.bitOffset, f.bitSize || f.size * 8, btf.byteOrder));
        assert.deepEqual(
          values,
          byteOrder === "little" ? [0x15n, 0x3n, 0x04030201n] : [0x08n, 0x1fn, 0x01020304n],
        );
      });

      it("hoists anonymous members at any depth", () => {
        const builder = new BtfBuilder(byteOrder);
        const int = builder.int("int", 4, { encoding: 1 });
        const inner = builder.struct("", 8, [
          ["x", int, 0],
          ["y", int, 32],
        ]);
        const union = builder.struct(
          "",
          8,
          [
            ["u", int, 0],
            ["", inner, 0],
          ],
          { union: true },
        );
        const outer = builder.struct("outer", 16, [
          ["a", int, 0],
          ["", union, 64],
        ]);
        const btf = Btf.parse(builder.build());
        const fields = btf
          .fields(outer)
          .map(({ name, bitOffset, path }) => [name, bitOffset, path.join(".")]);
        assert.deepEqual(fields, [
          ["a", 0, "0"],
          ["u", 64, "1.0"],
          ["x", 64, "1.1.0"],
          ["y", 96, "1.1.1"],
        ]);
      });

      it("continues a base: ids, names and strings go on", () => {
        const first = new BtfBuilder(byteOrder);
        const int = first.int("int", 4);
        const baseBytes = first.build();
        const base = Btf.parse(baseBytes);
        const second = new BtfBuilder(byteOrder, {
          typeCount: base.typeCount,
          stringSize: first.stringSize,
        });
        const struct = second.struct("module_state", 4, [["count", int, 0]]);
        const bytes = second.build();
        const split = Btf.parse(bytes, { base });
        assert.equal(struct, 2);
        assert.equal(split.firstId, 2);
        assert.equal(split.findByName("module_state")?.id, struct);
        assert.equal(split.findByName("int")?.id, int);
        assert.equal(split.cDeclaration(split.fields(struct)[0]?.type ?? 0, "count"), "int count");
        assert.equal(split.size(struct), 4);
        assert.deepEqual(
          [...split.types()].map(({ name }) => name),
          ["int", "module_state"],
        );
        if (byteOrder === "little") {
          const lines = libbpfOf("walk", bytes, baseBytes).trimEnd().split("\n");
          assert.deepEqual(lines, ["t 2 STRUCT module_state 4", "f count 0 0 4"]);
        }
      });

      it("reads TYPE_TAG and attribute tags, and the extern linkage", () => {
        const builder = new BtfBuilder(byteOrder);
        const int = builder.int("int", 4);
        const tag = builder.raw(Kind.TYPE_TAG, "user", int);
        const pointer = builder.pointer(tag);
        const attribute = builder.raw(Kind.DECL_TAG, "noreturn", int, { flag: true }, [0xffffffff]);
        const variable = builder.raw(Kind.VAR, "jiffies", int, {}, [2]);
        const btf = Btf.parse(builder.build());
        assert.equal(btf.cDeclaration(pointer, "p"), "__user int *p");
        assert.deepEqual(btf.type(attribute), {
          id: attribute,
          kind: "DECL_TAG",
          name: "noreturn",
          type: int,
          attribute: true,
          component: -1,
        });
        assert.deepEqual(btf.type(variable), {
          id: variable,
          kind: "VAR",
          name: "jiffies",
          type: int,
          linkage: "extern",
        });
      });
    });
  }

  it("takes the size of long for that of a pointer, as libbpf does", () => {
    const builder = new BtfBuilder();
    builder.int("long unsigned int", 4);
    const pointer = builder.pointer(0);
    assert.equal(Btf.parse(builder.build()).size(pointer), 4);
    assert.equal(Btf.parse(builder.build(), { pointerSize: 8 }).size(pointer), 8);
  });

  it("is what the errors are: codes, section, offset", () => {
    const error = new FormatError(".BTF", 420, "type 17 (STRUCT) is wrong");
    assert.ok(error instanceof CodegenError);
    assert.deepEqual(
      [error.code, error.section, error.offset, error.message],
      ["BAD_FORMAT", ".BTF", 420, ".BTF: type 17 (STRUCT) is wrong"],
    );
  });
});
