import assert from "node:assert/strict";
import type { BackendMap, BackendObject } from "../backend/backend.js";
import { HandleTable } from "./table.js";

const object = { name: "o" } as unknown as BackendObject;
const map = { name: "m" } as unknown as BackendMap;

describe("HandleTable", () => {
  it("gives positive handles that find what they stand for", () => {
    const table = new HandleTable();
    const first = table.add("object", object);
    const second = table.add("map", map, first);
    assert.equal(first, 0x10001);
    assert.equal(second, 0x10002);
    assert.equal(table.get(first, "object"), object);
    assert.equal(table.find(second, "map"), map);
    assert.equal(table.ownerOf(second), first);
    assert.equal(table.size, 2);
  });

  it("says what is wrong with a handle", () => {
    const table = new HandleTable();
    const owner = table.add("object", object);
    const handle = table.add("map", map, owner);
    assert.equal(handle, 65538);
    const cases: [number, string][] = [
      [handle, "handle 65538 is a map, a program was expected"],
      [owner, "handle 65537 is an object, a program was expected"],
      [0, "handle 0 was never given, a program was expected"],
      [-1, "handle -1 was never given, a program was expected"],
      [-2147483647, "handle -2147483647 was never given, a program was expected"],
      [1, "handle 1 was never given, a program was expected"],
      [0x20002, "handle 131074 was never given, a program was expected"],
      [0x7fffffff, "handle 2147483647 was never given, a program was expected"],
    ];
    for (const [given, text] of cases) {
      assert.equal(table.find(given, "program"), undefined);
      assert.equal(table.explain(given, "program"), text);
      assert.throws(() => table.get(given, "program"), { code: "EBADF", errno: 9, message: text });
    }
    table.remove(handle);
    assert.equal(
      table.explain(handle, "map"),
      "handle 65538 was closed (it was a map), a map was expected",
    );
  });

  it("forgets what an object owns when it is closed", () => {
    const table = new HandleTable();
    const owner = table.add("object", object);
    const other = table.add("object", object);
    const mine = table.add("map", map, owner);
    const theirs = table.add("map", map, other);
    table.remove(owner);
    table.remove(owner);
    assert.equal(table.find(mine, "map"), undefined);
    assert.equal(table.find(theirs, "map"), map);
    assert.equal(table.size, 2);
  });

  it("never gives an old handle for something new until its slot was used 32,767 times", () => {
    const table = new HandleTable();
    const first = table.add("map", map);
    const seen = new Set([first]);
    table.remove(first);
    for (let i = 1; i < 0x7fff; i++) {
      const handle = table.add("map", map);
      assert(handle > 0 && !seen.has(handle));
      seen.add(handle);
      table.remove(handle);
    }
    const wrapped = table.add("map", map);
    assert.equal(wrapped, first);
    assert.match(table.explain([...seen][5] ?? 0, "map"), /was closed/);
  });

  it("holds 65,535 and no more", () => {
    const table = new HandleTable();
    let last = 0;
    for (let i = 0; i < 65_535; i++) last = table.add("map", map);
    assert.equal(table.size, 65_535);
    assert.equal(last, 0x1ffff);
    assert.throws(() => table.add("map", map), { code: "EMFILE", message: /65535/ });
    table.remove(last);
    assert.equal(table.add("map", map), 0x2ffff);
    assert.throws(() => table.add("map", map), { code: "EMFILE" });
  });

  it("uses the slot that was free longest", () => {
    const table = new HandleTable();
    const handles = Array.from({ length: 3000 }, () => table.add("map", map));
    for (const handle of handles) table.remove(handle);
    for (let i = 0; i < 3000; i++) {
      assert.equal(table.add("map", map) & 0xffff, (handles[i] ?? 0) & 0xffff);
    }
    assert.equal(table.size, 3000);
  });
});
