import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { Elf } from "../elf/elf.js";
import { readBits } from "./bits.js";
import { Btf } from "./btf.js";
import { compile } from "./testing/clang.js";
import { libbpf } from "./testing/libbpf.js";
import type { BtfField, BtfType, ByteOrder } from "./types.js";

const VMLINUX = "/sys/kernel/btf/vmlinux";

describe("the running kernel's BTF", function () {
  this.timeout(120_000);
  let btf: Btf;

  before(function () {
    if (!existsSync(VMLINUX)) {
      assert.ok(!process.env.CI, `${VMLINUX} must be there in CI`);
      this.skip();
    }
    btf = Btf.parse(readFileSync(VMLINUX));
  });

  it("decodes every type", () => {
    const kinds = new Map<string, number>();
    for (const type of btf.types()) kinds.set(type.kind, (kinds.get(type.kind) ?? 0) + 1);
    assert.ok((kinds.get("STRUCT") ?? 0) > 5000, `${kinds.get("STRUCT")} structs`);
    assert.ok((kinds.get("FUNC") ?? 0) > 10_000, `${kinds.get("FUNC")} functions`);
  });

  it("gives each named struct and union the size and the fields that libbpf finds", () => {
    const ours: string[] = [];
    let types = 0;
    for (const type of btf.types()) {
      if ((type.kind !== "STRUCT" && type.kind !== "UNION") || type.name === "") continue;
      types++;
      ours.push(`t ${type.id} ${type.kind} ${type.name} ${btf.size(type.id)}`);
      for (const field of btf.fields(type.id)) {
        ours.push(`f ${field.name || "-"} ${field.bitOffset} ${field.bitSize} ${field.size}`);
      }
    }
    assert.ok(types > 5000, `only ${types} types`);
    const theirs = libbpf("walk", VMLINUX).trimEnd().split("\n");
    const different = ours.findIndex((line, index) => line !== theirs[index]);
    assert.equal(ours[different], theirs[different], `line ${different}`);
    assert.equal(ours.length, theirs.length);
  });

  it("agrees with clang on sizeof and offsetof in libbpf's vmlinux.h", () => {
    const lines = [
      libbpf("header", VMLINUX),
      "#define S(type, size) _Static_assert(sizeof(type) == (size), #type);",
      "#define O(type, field, offset) _Static_assert(__builtin_offsetof(type, field) == (offset), #type);",
    ];
    const ambiguous = ambiguousNames(btf);
    let types = 0;
    for (const type of btf.types()) {
      if ((type.kind !== "STRUCT" && type.kind !== "UNION") || type.name === "") continue;
      // The header gives a second type of one name another one; which of them is which is not told.
      if (ambiguous.has(type.name)) continue;
      types++;
      const name = `${type.kind === "STRUCT" ? "struct" : "union"} ${type.name}`;
      lines.push(`S(${name}, ${btf.size(type.id)})`);
      for (const field of btf.fields(type.id)) {
        if (field.bitSize === 0 && field.name !== "")
          lines.push(`O(${name}, ${field.name}, ${field.bitOffset / 8})`);
      }
    }
    assert.ok(types > 5000, `only ${types} types`);
    checkC(lines);
  });

  it("reads from C's own bytes the value that C gave each bitfield", () => {
    const lines = [libbpf("header", VMLINUX)];
    const ambiguous = ambiguousNames(btf);
    const samples = new Map<string, { field: BtfField; type: string; value: bigint }>();
    for (const type of btf.types()) {
      if (
        (type.kind !== "STRUCT" && type.kind !== "UNION") ||
        type.name === "" ||
        ambiguous.has(type.name)
      )
        continue;
      if (type.size > 4096) continue;
      for (const field of btf.fields(type.id)) {
        if (field.bitSize === 0 || field.name === "") continue;
        const name = `sample_${samples.size}`;
        // Alternating bits, the lowest set, so that a field that is off by one bit reads something else.
        const value = BigInt.asUintN(field.bitSize, 0x5555_5555_5555_5555n);
        const struct = `${type.kind.toLowerCase()} ${type.name}`;
        samples.set(name, { field, type: struct, value });
        lines.push(`const ${struct} ${name} = { .${field.name} = ${value}UL };`);
      }
    }
    assert.ok(samples.size > 500, `only ${samples.size} bitfields`);
    const elf = Elf.parse(compile(lines.join("\n"), { target: "host", flags: ["-g0", "-O0"] }));
    let compared = 0;
    for (const symbol of elf.symbols) {
      const sample = samples.get(symbol.name);
      if (sample === undefined) continue;
      compared++;
      const bytes = elf.sections[symbol.section ?? 0]?.data.subarray(
        symbol.value,
        symbol.value + symbol.size,
      );
      assert.ok(bytes);
      const { field, type, value } = sample;
      assert.equal(
        readBits(bytes, field.bitOffset, field.bitSize, btf.byteOrder),
        value,
        `${type}.${field.name}`,
      );
      const expected = new Uint8Array(bytes.length);
      for (let bit = 0; bit < field.bitSize; bit += 2)
        setBit(expected, field.bitOffset + bit, btf.byteOrder);
      assert.equal(
        Buffer.from(bytes).toString("hex"),
        Buffer.from(expected).toString("hex"),
        `${type}.${field.name}`,
      );
    }
    assert.equal(compared, samples.size);
  });

  it("writes C declarations that clang takes for the same types", () => {
    const lines = [
      libbpf("header", VMLINUX),
      "#define T(type, field, ...) _Static_assert(__builtin_types_compatible_p(__typeof__(((type *)0)->field), __typeof__(__VA_ARGS__)), #type);",
    ];
    const ambiguous = ambiguousNames(btf);
    let count = 0;
    for (const type of btf.types()) {
      if (type.kind !== "STRUCT" || type.name === "" || ambiguous.has(type.name)) continue;
      for (const member of type.members) {
        const text = btf.cDeclaration(member.type);
        // A struct without a name is another type each time that it is written.
        if (member.name === "" || member.bitSize > 0 || text.includes("{")) continue;
        if (text.split(/\W+/).some((word) => ambiguous.has(word))) continue;
        lines.push(`T(struct ${type.name}, ${member.name}, ${text})`);
        count++;
      }
    }
    assert.ok(count > 10_000, `only ${count} declarations`);
    checkC(lines);
  });
});

function setBit(bytes: Uint8Array, bit: number, byteOrder: ByteOrder): void {
  const mask = byteOrder === "little" ? 1 << (bit % 8) : 0x80 >> (bit % 8);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | mask;
}

/** Lets the compiler of this machine, whose ABI the kernel has, check assertions. */
function checkC(lines: readonly string[]): void {
  const result = spawnSync("clang", ["-w", "-ferror-limit=5", "-fsyntax-only", "-x", "c", "-"], {
    input: lines.join("\n"),
    encoding: "utf8",
  });
  assert.equal(result.status, 0, result.stderr.slice(0, 4000));
}

/** Names that several types have, so that a header has to rename all but one. */
function ambiguousNames(btf: Btf): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const type of btf.types()) {
    if (type.name === "" || !isTagged(type)) continue;
    if (seen.has(type.name)) twice.add(type.name);
    seen.add(type.name);
  }
  return twice;
}

function isTagged({ kind }: BtfType): boolean {
  return (
    kind === "STRUCT" ||
    kind === "UNION" ||
    kind === "ENUM" ||
    kind === "ENUM64" ||
    kind === "FWD" ||
    kind === "TYPEDEF"
  );
}
