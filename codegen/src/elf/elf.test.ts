import assert from "node:assert/strict";
import { compile } from "../btf/testing/clang.js";
import { FormatError } from "../errors.js";
import { Elf } from "./elf.js";

const SOURCE =
  "extern int other; int *pointer = &other; int zero; static int hidden = 5; int use(void) { return hidden += 1; }";

describe("Elf", () => {
  for (const [target, byteOrder] of [
    ["bpf", "little"],
    ["bpfeb", "big"],
  ] as const) {
    it(`reads sections, symbols and relocations (${target})`, () => {
      const elf = Elf.parse(compile(SOURCE, { target }));
      assert.deepEqual([elf.byteOrder, elf.addressSize, elf.machine], [byteOrder, 8, 247]);
      assert.equal(elf.section(".text")?.flags, 6);
      assert.deepEqual([elf.section(".bss")?.size, elf.section(".bss")?.data.length], [4, 0]);
      const symbol = (name: string) => elf.symbols.find((candidate) => candidate.name === name);
      assert.deepEqual([symbol("use")?.type, symbol("use")?.binding], ["func", "global"]);
      assert.deepEqual(
        [symbol("hidden")?.type, symbol("hidden")?.binding, symbol("hidden")?.size],
        ["object", "local", 4],
      );
      assert.equal(symbol("other")?.section, 0);
      const data = elf.sections.find(
        ({ name, index }) => name.startsWith(".data") && index === symbol("pointer")?.section,
      );
      assert.ok(data);
      const [relocation] = elf.relocations(data);
      assert.equal(elf.symbols[relocation?.symbol ?? 0]?.name, "other");
      assert.equal(relocation?.offset, symbol("pointer")?.value);
    });
  }

  it("reads 32-bit files", () => {
    const elf = Elf.parse(
      compile("int x = 0x01020304; int *p = &x;", {
        target: "host",
        flags: ["-target", "i386-linux-gnu"],
      }),
    );
    assert.deepEqual([elf.addressSize, elf.machine, elf.byteOrder], [4, 3, "little"]);
    const x = elf.symbols.find(({ name }) => name === "x");
    assert.equal(
      Buffer.from(elf.sections[x?.section ?? 0]?.data ?? []).readUInt32LE(x?.value),
      0x01020304,
    );
    const data = elf.sections[x?.section ?? 0];
    assert.equal(elf.symbols[elf.relocations(data ?? assert.fail())[0]?.symbol ?? 0]?.name, "x");
  });

  it("refuses what is no ELF file, or leaves it", () => {
    const bytes = compile("int x = 1;");
    const change = (edit: (copy: Buffer) => void) => () => {
      const copy = Buffer.from(bytes);
      edit(copy);
      return Elf.parse(copy).symbols;
    };
    assert.throws(() => Elf.parse(Buffer.from("text")), /^FormatError: ELF: no ELF file/);
    assert.throws(
      change((b) => b.writeUInt8(3, 4)),
      /unknown class 3/,
    );
    assert.throws(
      change((b) => b.writeUInt8(9, 5)),
      /unknown byte order 9/,
    );
    assert.throws(
      change((b) => b.writeBigUInt64LE(0n, 40)),
      /the file has no sections/,
    );
    assert.throws(
      change((b) => b.writeBigUInt64LE(1n << 60n, 40)),
      /absurdly large/,
    );
    assert.throws(
      change((b) => b.writeBigUInt64LE(1n << 40n, 40)),
      /section headers at 0x10000000000 leave/,
    );
    assert.throws(
      change((b) => b.writeUInt16LE(10, 58)),
      /section headers of 10 bytes are too small/,
    );
    assert.throws(
      change((b) => b.writeUInt16LE(500, 62)),
      /section names are in section 500/,
    );
    assert.throws(
      change((b) => b.writeBigUInt64LE(1n << 40n, Number(b.readBigUInt64LE(40)) + 64 + 24)),
      (error: unknown) => {
        assert.ok(error instanceof FormatError);
        assert.match(error.message, /section 1 \(0x10000000000 to .*\) leaves/);
        return error.section === "ELF" && error.offset > 0;
      },
    );
  });
});
