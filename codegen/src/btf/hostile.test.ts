import assert from "node:assert/strict";
import { FormatError } from "../errors.js";
import { Btf } from "./btf.js";
import { Kind } from "./format.js";
import { BtfBuilder } from "./testing/builder.js";

/** Expects a FormatError that says `text` and points into `.BTF`. */
function refuses(action: () => unknown, text: RegExp): void {
  assert.throws(action, (error: unknown) => {
    assert.ok(error instanceof FormatError, String(error));
    assert.match(error.message, text);
    assert.match(error.message, /^\.BTF: /);
    assert.equal(error.section, ".BTF");
    assert.ok(Number.isInteger(error.offset));
    return true;
  });
}

/** Parses what `write` builds and refuses what `use` does with the last type. */
function refusesUse(
  write: (builder: BtfBuilder) => number,
  use: (btf: Btf, id: number) => unknown,
  text: RegExp,
): void {
  const builder = new BtfBuilder();
  const id = write(builder);
  const btf = Btf.parse(builder.build());
  refuses(() => use(btf, id), text);
}

const everything = [
  ["size", (btf: Btf, id: number) => btf.size(id)],
  ["alignment", (btf: Btf, id: number) => btf.alignment(id)],
  ["fields", (btf: Btf, id: number) => btf.fields(id)],
] as const;

describe("hostile BTF", () => {
  it("is refused when its header lies", () => {
    const good = new BtfBuilder().build();
    const change = (edit: (bytes: Buffer) => void) => () => {
      const bytes = Buffer.from(good);
      edit(bytes);
      return Btf.parse(bytes);
    };
    refuses(() => Btf.parse(new Uint8Array()), /0 bytes are too few/);
    refuses(
      change((b) => b.writeUInt16LE(0x1234, 0)),
      /no BTF: starts with 0x1234/,
    );
    refuses(
      change((b) => b.writeUInt8(2, 2)),
      /version 2/,
    );
    refuses(
      change((b) => b.writeUInt32LE(7, 4)),
      /header length 7/,
    );
    refuses(
      change((b) => b.writeUInt32LE(0xfffffff0, 8)),
      /the type section .* leaves/,
    );
    refuses(
      change((b) => b.writeUInt32LE(0xffffffff, 20)),
      /the string section .* leaves/,
    );
    refuses(
      change((b) => b.writeUInt8(65, b.length - 1)),
      /does not (start with an empty string|end in a NUL)/,
    );
  });

  it("is refused at every length that it is cut to", () => {
    const builder = new BtfBuilder();
    const int = builder.int("int", 4);
    builder.struct("s", 8, [
      ["a", int, 0],
      ["b", int, 32],
    ]);
    const good = builder.build();
    assert.equal(Btf.parse(good).typeCount, 3);
    for (let length = 0; length < good.length; length++)
      refuses(() => Btf.parse(good.subarray(0, length)), /./);
  });

  it("is refused for unknown kinds, which are named", () => {
    const builder = new BtfBuilder();
    builder.raw(27, "future", 0);
    refuses(
      () => Btf.parse(builder.build()),
      /type 1 at offset 0x18: unknown kind 27; this program knows 1 to 19/,
    );
  });

  it("is refused for names and ids outside", () => {
    const names = new BtfBuilder();
    names.raw(Kind.PTR, 5000, 0);
    refuses(
      () => Btf.parse(names.build()),
      /type 1 \(PTR\) at offset 0x18: its name at 0x1388 is outside/,
    );
    const ids = new BtfBuilder();
    ids.pointer(9);
    refuses(
      () => Btf.parse(ids.build()),
      /type 1 \(PTR\) at offset 0x18: refers to type 9, but the last one is 1/,
    );
    const members = new BtfBuilder();
    members.struct("s", 4, [["a", 77, 0]]);
    refuses(() => Btf.parse(members.build()), /refers to type 77/);
  });

  it("is refused when items leave the type section", () => {
    const builder = new BtfBuilder();
    builder.raw(Kind.STRUCT, "s", 4, { vlen: 65535 });
    refuses(
      () => Btf.parse(builder.build()),
      /type 1 \(STRUCT\) at offset 0x18: its 65535 items leave the type section/,
    );
  });

  it("is refused for impossible scalars", () => {
    refusesUse(
      (b) => b.int("i", 3),
      (btf, id) => btf.type(id),
      /an integer of 3 bytes/,
    );
    refusesUse(
      (b) => b.int("i", 1, { bits: 20 }),
      (btf, id) => btf.type(id),
      /bits 0 to 20 do not fit its 1 bytes/,
    );
    refusesUse(
      (b) => b.raw(Kind.ENUM, "e", 5),
      (btf, id) => btf.type(id),
      /an enum of 5 bytes/,
    );
    refusesUse(
      (b) => b.raw(Kind.FLOAT, "f", 7),
      (btf, id) => btf.type(id),
      /a floating point number of 7 bytes/,
    );
    refusesUse(
      (b) => b.raw(Kind.TYPEDEF, "", 0),
      (btf, id) => btf.type(id),
      /a typedef without a name/,
    );
    refusesUse(
      (b) => b.raw(Kind.VAR, "v", 0, {}, [9]),
      (btf, id) => btf.type(id),
      /unknown linkage 9/,
    );
  });

  for (const [what, use] of everything) {
    it(`is refused for loops of typedefs (${what})`, () => {
      refusesUse(
        (b) => {
          b.raw(Kind.TYPEDEF, "a", 2);
          return b.raw(Kind.TYPEDEF, "b", 1);
        },
        use,
        /form a loop/,
      );
    });

    it(`is refused for a struct that contains itself (${what})`, () => {
      refusesUse((b) => b.struct("s", 8, [["self", 1, 0]]), use, /contains itself by value/);
      refusesUse(
        (b) => {
          b.array(2, 1);
          return b.struct("s", 8, [["self", 1, 0]]);
        },
        use,
        /contains itself by value/,
      );
    });
  }

  it("is refused for an array of itself, and one larger than 4 GiB", () => {
    refusesUse(
      (b) => b.array(1, 0),
      (btf, id) => btf.size(id),
      /an array of itself/,
    );
    refusesUse(
      (b) => b.array(b.array(b.int("int", 4), 0xffffffff), 0xffffffff),
      (btf, id) => btf.size(id),
      /larger than 4 GiB/,
    );
  });

  it("is refused for nesting without an end in sight", () => {
    const deep = (b: BtfBuilder) => {
      let id = b.int("int", 4);
      for (let i = 0; i < 5000; i++) id = b.struct("", 4, [["", id, 0]]);
      return id;
    };
    refusesUse(deep, (btf, id) => btf.size(id), /nested deeper than 256/);
    refusesUse(deep, (btf, id) => btf.cDeclaration(id), /nests deeper than 64/);
    // From the inside out nothing is deep at first.
    refusesUse(
      deep,
      (btf) => Array.from({ length: btf.typeCount - 1 }, (_, i) => btf.size(i + 1)),
      /nested deeper than 256/,
    );
    const pointers = (b: BtfBuilder) => {
      let id = b.int("int", 4);
      for (let i = 0; i < 5000; i++) id = b.pointer(id);
      return id;
    };
    refusesUse(pointers, (btf, id) => btf.cDeclaration(id), /more than 1024 in a row/);
  });

  it("is refused when small input would become large output", () => {
    const doubling = (b: BtfBuilder) => {
      let id = b.struct("", 0, [["x", b.array(b.int("int", 4), 0), 0]]);
      for (let i = 0; i < 40; i++)
        id = b.struct(
          "",
          0,
          [
            ["", id, 0],
            ["", id, 0],
          ],
          { union: true },
        );
      return id;
    };
    refusesUse(doubling, (btf, id) => btf.fields(id), /more than 100000 fields/);
    refusesUse(doubling, (btf, id) => btf.cDeclaration(id), /names over 20000 types/);
    const recursive = (b: BtfBuilder) => {
      b.pointer(2);
      return b.raw(Kind.FUNC_PROTO, 0, 0, { vlen: 2 }, [b.string("f"), 1, b.string("g"), 1]);
    };
    refusesUse(recursive, (btf, id) => btf.cDeclaration(id), /cannot be written in C/);
  });

  it("is refused when members leave their struct", () => {
    const int = (b: BtfBuilder) => b.int("int", 4);
    refusesUse(
      (b) => b.struct("s", 4, [["a", int(b), 32]]),
      (btf, id) => btf.fields(id),
      /member "a" ends at bit 64, behind the 4 bytes of its STRUCT/,
    );
    refusesUse(
      (b) => b.struct("s", 8, [["a", int(b), (40 << 24) | 0]], { flag: true }),
      (btf, id) => btf.size(id),
      /a bitfield of 40 bits in a type of 4 bytes/,
    );
    refusesUse(
      (b) => b.struct("s", 16, [["a", b.pointer(0), (3 << 24) | 0]], { flag: true }),
      (btf, id) => btf.size(id),
      /is a bitfield of a PTR/,
    );
    refusesUse(
      (b) => b.struct("s", 16, [["a", b.pointer(0), 3]]),
      (btf, id) => btf.size(id),
      /starts at bit 3, which is not the start of a byte/,
    );
    refusesUse(
      (b) => b.struct("s", 16, [["a", 0, 0]]),
      (btf, id) => btf.size(id),
      /member "a" has no size: it is a VOID/,
    );
    refusesUse(
      (b) => b.struct("s", 16, [["a", b.raw(Kind.FWD, "f", 0), 0]]),
      (btf, id) => btf.size(id),
      /has no size: it is a FWD/,
    );
  });

  it("is refused when an offset overflowed the 24 bits that bitfields leave it", () => {
    const write = (b: BtfBuilder) => {
      const int = b.int("int", 4);
      const large = b.array(int, 1 << 20);
      return b.struct(
        "s",
        (1 << 22) + 8,
        [
          ["bits", int, (3 << 24) | 0],
          ["large", large, 32],
          ["behind", int, (32 + (1 << 25)) & 0xffffff],
        ],
        { flag: true },
      );
    };
    refusesUse(write, (btf, id) => btf.fields(id), /member "behind" overlaps the one before/);
  });

  it("is refused when strings overlap without end", () => {
    const builder = new BtfBuilder();
    const long = builder.string("x".repeat(40_000));
    for (let i = 0; i < 5000; i++) builder.raw(Kind.FWD, long + i, 0);
    const btf = Btf.parse(builder.build());
    refuses(() => [...btf.types()], /overlap each other/);
  });
});
