import assert from "node:assert/strict";
import { compile, Guest } from "../../testing/guest.js";

const HEADER = `
import { BpfObject, console, every, poll, RingBuffer, run, lastError, fail } from "@wbpf/sdk/assembly";
@unmanaged class Pair {
  get first(): u32 { return load<u32>(changetype<usize>(this)); }
  get second(): u32 { return load<u32>(changetype<usize>(this), 4); }
}
function open(): BpfObject { return new BpfObject("o", memory.data<u64>([1]), 8); }
`;

const SKIP = 0x4000_0000;
const ECANCELED = -125;
const ENOSPC = -28;

/** Writes frames as the kernel lays them out. @returns the bytes written */
function frames(
  guest: Guest,
  at: number,
  ...records: { data: number[]; skip?: boolean }[]
): number {
  let p = at;
  for (const { data, skip } of records) {
    guest.view.setUint32(p, (data.length * 4) | (skip ? SKIP : 0), true);
    guest.view.setUint32(p + 4, 0, true);
    data.forEach((word, i) => {
      guest.view.setUint32(p + 8 + 4 * i, word, true);
    });
    p += (data.length * 4 + 15) & ~7;
  }
  return p - at;
}

/** A host with maps "a" (handle 11) and "b" (handle 12), whose buffers are 21 and 22. */
function host(): Guest {
  const guest = new Guest();
  guest.wbpf.object_open = () => 1;
  guest.wbpf.object_find_map = (_object, name, length) =>
    guest.text(name as number, length as number) === "a" ? 11 : 12;
  guest.wbpf.buffer_open = (map) => (map as number) + 10;
  guest.wbpf.last_error = () => 0;
  return guest;
}

describe("poll and run", () => {
  it("hand every record of a batch to the handler, and neither discarded nor short ones", async () => {
    const wasm = await compile(`${HEADER}
const rb = new RingBuffer<Pair>(open(), "a", 8);
export function main(): i32 {
  rb.onEvent((p: Pair) => { console.log(p.first.toString() + " " + p.second.toString()); });
  const code = run();
  console.log(rb.received.toString() + " received, " + rb.short.toString() + " short");
  return code;
}`);
    const guest = host();
    let polls = 0;
    guest.wbpf.buffer_poll = (buffer, buf, cap, timeout) => {
      assert.deepEqual([buffer, cap, timeout, (buf as number) % 8], [21, 65536, -1, 0]);
      if (polls++ > 0) return ECANCELED;
      return frames(
        guest,
        buf as number,
        { data: [1, 2] },
        { data: [9, 9], skip: true },
        { data: [3] },
        { data: [4, 5, 6] },
        { data: [], skip: true },
      );
    };
    assert.equal(guest.run(wasm), 0);
    assert.equal(guest.stdout, "1 2\n4 5\n2 received, 1 short\n");
    assert.equal(guest.writes, 2, "the lines of one batch leave together");
  });

  it("make room for a record that is larger than the batch", async () => {
    const wasm = await compile(`${HEADER}
export function main(): i32 {
  const rb = new RingBuffer<Pair>(open(), "a", 8);
  rb.onRecord((record: usize, length: i32) => { console.log(length.toString() + " " + load<u32>(record + length - 4).toString()); });
  return run();
}`);
    const guest = host();
    const caps: number[] = [];
    guest.wbpf.buffer_poll = (_buffer, buf, cap) => {
      caps.push(cap as number);
      if (caps.length > 4) return ECANCELED;
      if ((cap as number) < 200_000) return ENOSPC;
      const data = new Array<number>(50_000).fill(0);
      data[data.length - 1] = 77;
      return frames(guest, buf as number, { data });
    };
    assert.equal(guest.run(wasm), 0);
    assert.equal(guest.stdout, "200000 77\n200000 77\n");
    assert.deepEqual(caps, [65536, 131072, 262144, 262144, 262144]);
  });

  it("wait for several buffers at once and take from those that have records", async () => {
    const wasm = await compile(`${HEADER}
export function main(): i32 {
  const o = open();
  new RingBuffer<Pair>(o, "a", 8).onEvent((p: Pair) => { console.log("a " + p.first.toString()); });
  new RingBuffer<Pair>(o, "b", 8).onEvent((p: Pair) => { console.log("b " + p.first.toString()); });
  return run();
}`);
    const guest = host();
    let waits = 0;
    guest.wbpf.buffer_wait = (buffers, count, ready, timeout) => {
      assert.deepEqual([...new Int32Array(guest.memory.buffer, buffers, count)], [21, 22]);
      assert.equal(timeout, -1);
      const plays: number[][] = [[22], [21, 22]];
      const has = plays[waits++];
      if (has === undefined) return ECANCELED;
      has.forEach((handle, i) => {
        guest.view.setInt32((ready as number) + 4 * i, handle, true);
      });
      return has.length;
    };
    guest.wbpf.buffer_poll = (buffer, buf, _cap, timeout) => {
      assert.equal(timeout, 0);
      return frames(guest, buf as number, { data: [waits * 100 + (buffer as number), 0] });
    };
    assert.equal(guest.run(wasm), 0);
    assert.equal(guest.stdout, "b 122\na 221\nb 222\n");
  });

  it("call every() at its time, and end when the duration is over, without any buffer", async () => {
    const wasm = await compile(`${HEADER}
export function main(): i32 {
  every(1000, () => { console.log("tick"); });
  return run(3500);
}`);
    const guest = host();
    const timeouts: number[] = [];
    guest.wbpf.buffer_wait = (_buffers, count, _ready, timeout) => {
      assert.equal(count, 0);
      timeouts.push(timeout as number);
      guest.now += BigInt(timeout as number) * 1_000_000n;
      return 0;
    };
    assert.equal(guest.run(wasm), 0);
    assert.equal(guest.stdout, "tick\ntick\ntick\n");
    assert.deepEqual(timeouts, [1000, 1000, 1000, 500]);
  });

  it("say what the host said when waiting fails, and end with 1", async () => {
    const wasm = await compile(`${HEADER}
export function main(): i32 {
  new RingBuffer<Pair>(open(), "a", 8).onEvent((p: Pair) => {});
  return run();
}`);
    const guest = host();
    guest.wbpf.buffer_poll = () => -5;
    const text = "the ring is broken";
    guest.wbpf.last_error = (buf, cap) => {
      guest
        .bytes(buf as number, cap as number)
        .set(new TextEncoder().encode(text).subarray(0, cap));
      return text.length;
    };
    assert.equal(guest.run(wasm), 1);
    assert.equal(guest.stderr, "the ring is broken\n");
  });

  it("refuse to be called by a handler", async () => {
    const wasm = await compile(`${HEADER}
export function main(): i32 {
  new RingBuffer<Pair>(open(), "a", 8).onEvent((p: Pair) => { console.log(poll(0).toString() + " " + lastError()); });
  return run();
}`);
    const guest = host();
    let polls = 0;
    guest.wbpf.buffer_poll = (_buffer, buf) =>
      polls++ === 0 ? frames(guest, buf as number, { data: [1, 2] }) : ECANCELED;
    assert.equal(guest.run(wasm), 0);
    assert.equal(guest.stdout, "-16 a handler cannot call poll() or run()\n");
  });
});
