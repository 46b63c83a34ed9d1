import assert from "node:assert/strict";
import { BpfError } from "../../backend.js";
import { compileSource, compileTestObject } from "../../testing/compile.js";
import { checkElf } from "./check.js";
import { readElf } from "./read.js";

/** A copy of an object with one 32-bit word of a section changed. */
function changed(section: string, at: number, value: number): Uint8Array {
  const copy = compileTestObject("rich").slice();
  const found = readElf(copy).find(({ name }) => name === section);
  assert.ok(found !== undefined, section);
  new DataView(copy.buffer).setUint32(found.offset + at, value, true);
  return copy;
}

function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(
    () => checkElf(bytes, "damaged"),
    (error) =>
      error instanceof BpfError &&
      error.code === "EINVAL" &&
      error.message.startsWith("cannot open BPF object 'damaged': it ") &&
      message.test(error.message),
  );
}

describe("checkElf", () => {
  it("accepts what clang makes, with BTF and without", () => {
    for (const name of ["attach", "maps", "rich", "ring"]) {
      const sections = checkElf(compileTestObject(name), name);
      assert.ok(sections.some((section) => section.name === ".BTF.ext"));
    }
    const bare = compileSource("int unused;", "bare", ["-g0"]);
    assert.ok(checkElf(bare, "bare").every((section) => section.name !== ".BTF"));
  });

  it("refuses values that would be addresses of the host", () => {
    const source = (tag: string) => `
      struct value { int __attribute__((btf_type_tag("${tag}"))) *pointer; } used;
      __attribute__((section("socket"))) int program(void *ctx) { return used.pointer != 0; }`;
    refuses(compileSource(source("uptr"), "damaged"), /pointers to user memory \('__uptr'\)/);
    checkElf(compileSource(source("kptr"), "tagged"), "tagged");
  });

  it("refuses BTF that leads outside itself", () => {
    refuses(changed(".BTF", 0, 0), /does not start as BTF/);
    refuses(changed(".BTF", 4, 8), /parts leave the section/);
    refuses(changed(".BTF", 12, 0xffffffff), /parts leave the section/);
    refuses(changed(".BTF", 16, 0xfffffff0), /parts leave the section/);
    // The first type's name, kind and reference.
    refuses(changed(".BTF", 24, 0x7fffffff), /name stands outside its strings/);
    refuses(changed(".BTF", 28, 31 << 24), /kind 31/);
    refuses(changed(".BTF", 32, 0x00ffffff), /type 1 refers to type 16777215/);
  });

  it("refuses a type that contains itself", () => {
    // Type 1 becomes a typedef of itself.
    const copy = changed(".BTF", 28, 8 << 24);
    const btf = readElf(copy).find(({ name }) => name === ".BTF");
    new DataView(copy.buffer).setUint32((btf?.offset ?? 0) + 32, 1, true);
    refuses(copy, /type 1 contains itself/);
  });

  it("refuses line information and relocations that lead outside", () => {
    refuses(changed(".BTF.ext", 12, 0xffff), /func_info leaves the section/);
    refuses(changed(".BTF.ext", 32, 3), /records of 3 bytes/);
    refuses(changed(".BTF.ext", 36, 0x7fffffff), /string outside BTF/);
    refuses(changed(".relsyscall", 0, 0x7ffffff8), /'\.relsyscall'.*outside 'syscall'/);
    refuses(changed(".relsyscall", 12, 0xffffff), /symbol that it lacks/);
  });

  it("refuses symbols without a name or a section", () => {
    refuses(changed(".symtab", 24, 0x7fffffff), /outside its string table/);
    refuses(changed(".symtab", 24 + 4, 0x0fff << 16), /symbol in section 4095/);
  });
});
