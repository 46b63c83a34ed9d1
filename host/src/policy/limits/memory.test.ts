import assert from "node:assert/strict";
import { ModuleError } from "../../errors.js";
import { buildWasm } from "../../testing/wasm-builder.js";
import { limitMemory } from "./memory.js";

const PAGE = 65_536;

/** Writes a section; every number here is below 128. */
const section = (id: number, content: number[]) => [id, content.length, ...content];
const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module of nothing but tables, a memory and globals, all exported. */
function plain(parts: { table?: number[]; memory?: number[]; globals?: number }): Uint8Array {
  const { table, memory = [0, 1], globals = 0 } = parts;
  const global = [0x7f, 0, 0x41, 0, 0x0b];
  return Uint8Array.from([
    ...HEAD,
    ...(table ? section(4, [1, 0x70, ...table]) : []),
    ...section(5, [1, ...memory]),
    ...(globals > 0
      ? section(6, [globals, ...Array.from({ length: globals }, () => global).flat()])
      : []),
    ...section(7, [table ? 2 : 1, ...[1, 0x6d, 2, 0], ...(table ? [1, 0x74, 1, 0] : [])]),
  ]);
}

/** Instantiates a module, limited or not. */
function instance(bytes: Uint8Array, limit: number) {
  const limited = limitMemory(bytes, limit);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(limited?.bytes ?? bytes));
  return {
    limited,
    memory: exports.m as WebAssembly.Memory,
    table: exports.t as WebAssembly.Table & { grow(delta: number): number },
  };
}

describe("limitMemory", () => {
  it("lets the memory grow to the limit and not by a page more", () => {
    for (const memory of [
      [0, 1],
      [1, 1, 100],
      [0, 0],
      [0, 64],
    ]) {
      const made = instance(plain({ memory }), 64 * PAGE);
      made.memory.grow(64 - (memory[1] ?? 0));
      assert.equal(made.memory.buffer.byteLength, 64 * PAGE);
      assert.throws(() => made.memory.grow(1), RangeError);
      assert.ok(made.limited !== undefined);
    }
  });

  it("leaves a module alone that declares less", () => {
    assert.equal(limitMemory(plain({ memory: [1, 1, 64] }), 64 * PAGE), undefined);
    assert.equal(limitMemory(buildWasm({ memory: null }), PAGE), undefined);
  });

  it("counts whole pages only", () => {
    const { memory } = instance(plain({}), 2 * PAGE - 1);
    assert.throws(() => memory.grow(1), RangeError);
  });

  it("refuses a module that starts with more, in one sentence", () => {
    assert.throws(
      () => limitMemory(plain({ memory: [0, 65] }), 64 * PAGE),
      new ModuleError(
        "MODULE_LIMIT",
        "its memory has 4.06 MiB from the start, and limits.memory allows 4 MiB",
      ),
    );
  });

  it("bounds tables by a quarter of the limit, at 32 bytes an element", () => {
    const { table } = instance(plain({ table: [0, 10] }), 64 * PAGE);
    table.grow((16 * PAGE) / 32 - 10);
    assert.throws(() => table.grow(1), RangeError);
    assert.equal(limitMemory(plain({ table: [1, 10, 10], memory: [1, 1, 1] }), PAGE), undefined);
  });

  it("takes globals from what tables may have, and refuses too many elements", () => {
    const { table } = instance(plain({ table: [0, 1], globals: 16 }), PAGE);
    table.grow((PAGE - 16 * 16) / 32 - 1);
    assert.throws(() => table.grow(1), RangeError);
    // 2,049 elements where 64 KiB are allowed.
    const huge = plain({ table: [0, 0x81, 0x10] });
    assert.throws(() => limitMemory(huge, PAGE), {
      code: "MODULE_LIMIT",
      message: /^its tables have 2049 elements from the start, and limits\.memory allows 2048/,
    });
  });

  it("tells by how much the code moved", () => {
    const bytes = plain({ memory: [0, 1], globals: 1 });
    const limited = limitMemory(bytes, PAGE);
    const globals = Buffer.from(section(6, [1, 0x7f, 0, 0x41, 0, 0x0b]));
    assert.equal(limited?.shift, 1);
    assert.equal(
      Buffer.from(limited.bytes).indexOf(globals),
      Buffer.from(bytes).indexOf(globals) + 1,
    );
  });
});
