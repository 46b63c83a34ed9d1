import assert from "node:assert/strict";
import { GuestMemory } from "./guest-memory.js";

const PAGE = 65_536;

function setUp(): { memory: WebAssembly.Memory; guest: GuestMemory } {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const guest = new GuestMemory();
  guest.attach(memory);
  return { memory, guest };
}

describe("GuestMemory", () => {
  const inside: [pointer: number, length: number][] = [
    [0, 0],
    [0, PAGE],
    [PAGE, 0],
    [PAGE - 1, 1],
  ];
  // i32 as a module passes them: -1 is 4,294,967,295.
  const outside: [pointer: number, length: number][] = [
    [0, PAGE + 1],
    [PAGE, 1],
    [PAGE - 1, 2],
    [PAGE + 1, 0],
    [-1, 0],
    [-1, 1],
    [-1, 2],
    [1, -1],
    [-PAGE, PAGE],
    [-2147483648, -2147483648],
    [2147483647, 2147483647],
  ];

  it("knows every edge", () => {
    const { guest } = setUp();
    for (const [pointer, length] of inside) {
      assert(guest.contains(pointer, length), `${pointer}, ${length}`);
      assert.equal(guest.bytes(pointer, length, "x").length, length);
    }
    for (const [pointer, length] of outside) {
      assert(!guest.contains(pointer, length), `${pointer}, ${length}`);
      assert.throws(() => guest.bytes(pointer, length, "the thing"), {
        code: "EFAULT",
        message: /^the thing \(\d+ bytes at \d+\) lies outside the module's memory of 65536 bytes$/,
      });
    }
  });

  it("reads and writes numbers up to the last byte", () => {
    const { guest, memory } = setUp();
    guest.setU32(PAGE - 4, 0x04030201, "x");
    assert.deepEqual([...new Uint8Array(memory.buffer, PAGE - 4)], [1, 2, 3, 4]);
    assert.equal(guest.getU32(PAGE - 4, "x"), 0x04030201);
    guest.setU64(PAGE - 8, 0x0807060504030201n, "x");
    assert.equal(guest.getU32(PAGE - 4, "x"), 0x08070605);
    guest.setU8(PAGE - 1, 255, "x");
    for (const write of [
      () => guest.setU8(PAGE, 1, "x"),
      () => guest.setU32(PAGE - 3, 1, "x"),
      () => guest.setU64(PAGE - 7, 1n, "x"),
      () => guest.getU32(-4, "x"),
    ]) {
      assert.throws(write, { code: "EFAULT" });
    }
  });

  it("sees the memory as it is now", () => {
    const { guest, memory } = setUp();
    guest.setU32(0, 7, "x");
    memory.grow(1);
    assert.equal(guest.size, 2 * PAGE);
    assert.equal(guest.getU32(0, "x"), 7);
    guest.setU32(2 * PAGE - 4, 9, "x");
    assert.equal(guest.getU32(2 * PAGE - 4, "x"), 9);
  });

  it("takes only UTF-8 for text", () => {
    const { guest, memory } = setUp();
    const put = (...bytes: number[]) => {
      new Uint8Array(memory.buffer).set(bytes, 16);
      return guest.text(16, bytes.length, "the name");
    };
    assert.equal(put(0x61, 0xe2, 0x82, 0xac), "a€");
    assert.equal(put(0xef, 0xbb, 0xbf, 0x61), "\ufeffa");
    for (const bytes of [
      [0xff],
      [0xc3],
      [0xe2, 0x82],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
    ]) {
      assert.throws(() => put(...bytes), { code: "EILSEQ", message: "the name is not UTF-8" });
    }
  });

  it("says so when it is used before there is a memory", () => {
    assert.throws(() => new GuestMemory().bytes(0, 1, "x"), /only _start may do that/);
  });
});
