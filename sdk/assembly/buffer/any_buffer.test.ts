import assert from "node:assert/strict";
import { compile, Guest } from "../../testing/guest.js";

const SOURCE = `
import { BpfObject, console, lastError, poll } from "@wbpf/sdk/assembly";
import { AnyBuffer } from "@wbpf/sdk/assembly/buffer/any_buffer";
@unmanaged class Pair { get first(): u32 { return load<u32>(changetype<usize>(this)); } }
export function main(): i32 {
  const object = new BpfObject("o", memory.data<u64>([1]), 8);
  const buffer = new AnyBuffer<Pair>(object, "events", 8);
  buffer.onEvent((p: Pair) => {});
  buffer.onLost((count: u64) => { console.log("lost " + count.toString()); });
  if (object.load() < 0) { console.log(lastError()); return 1; }
  for (let i = 0; i < 3; i++) poll(0);
  console.log((buffer.isRing ? "ring " : "perf ") + buffer.dropped.toString());
  return 0;
}`;
const [EVENTS, DROPPED, RODATA] = [11, 12, 13];
const CPUS = 3;
const SLOT = 64;
const [TYPE, MAX_ENTRIES, FLAGS] = [1, 4, 5];
const RINGBUF = 27;
const ENOSYS = -38;

/** A host whose kernel side loses some events of CPUs 0 and 2 in each batch. */
class Host extends Guest {
  /** What was set of the map of counters: property to value. */
  readonly set: [number, number][] = [];
  lookups = 0;
  /** Where the counters were put in the module's memory. */
  address = 0;
  private readonly counts = [0n, 0n, 0n];

  constructor(readonly kernel: { ring: boolean; live: boolean; perCpu: boolean }) {
    super();
    const { wbpf } = this;
    wbpf.object_open = () => 1;
    wbpf.object_load = () => 0;
    wbpf.last_error = () => 0;
    wbpf.object_find_map = (_object, name, length) =>
      ({ events: EVENTS, events_dropped: DROPPED })[this.text(name as number, length as number)] ??
      RODATA;
    wbpf.probe_map_type = (type) => (type === RINGBUF && !kernel.ring ? 0 : 1);
    wbpf.possible_cpus = () => CPUS;
    wbpf.map_set = (map, what, value) => {
      if (map === DROPPED) this.set.push([what as number, value as number]);
      return 0;
    };
    wbpf.map_set_initial_value = () => 0;
    wbpf.map_info = (_map, out) => {
      const bytes = kernel.perCpu ? CPUS * SLOT : SLOT;
      this.view.setUint32((out as number) + 20, bytes, true);
      return 24;
    };
    wbpf.map_live_info = (_map, out) => {
      this.view.setUint32(out as number, 4096, true);
      this.view.setUint32((out as number) + 4, 4096, true);
      return 8;
    };
    wbpf.map_live = (map, address) => {
      assert.equal(map, DROPPED);
      if (!kernel.live) return ENOSYS;
      this.address = address as number;
      return 0;
    };
    wbpf.map_lookup = (map, key, value) => {
      assert.equal(map, DROPPED);
      this.lookups++;
      const index = this.view.getUint32(key as number, true);
      const cpus = kernel.perCpu ? [0, 1, 2] : [index];
      cpus.forEach((cpu, i) => {
        this.view.setBigUint64((value as number) + i * SLOT, this.counts[cpu] ?? 0n, true);
      });
      return 0;
    };
    wbpf.buffer_open = () => 21;
    wbpf.buffer_open_with = () => 21;
    wbpf.buffer_poll = (_buffer, buf) => {
      this.lose();
      // One record of 8 bytes.
      this.view.setBigUint64(buf as number, 8n, true);
      return 16;
    };
  }

  private lose(): void {
    this.counts[0] = (this.counts[0] ?? 0n) + 1n;
    this.counts[2] = (this.counts[2] ?? 0n) + 4n;
    if (this.address === 0) return;
    this.counts.forEach((count, cpu) => {
      this.view.setBigUint64(this.address + cpu * SLOT, count, true);
    });
  }
}

describe("a buffer of either kind", () => {
  let wasm: Uint8Array<ArrayBuffer>;
  before(async () => {
    wasm = await compile(SOURCE);
  });
  const lost = "lost 5\nlost 5\nlost 5\n";

  it("reads the counters of lost events without a call, one for each CPU", () => {
    const host = new Host({ ring: true, live: true, perCpu: false });
    assert.equal(host.run(wasm), 0);
    assert.equal(host.stdout, `${lost}ring 15\n`);
    assert.equal(host.lookups, 0);
    assert.equal(host.address % 4096, 0);
    assert.deepEqual(host.set, [[MAX_ENTRIES, CPUS]]);
  });

  it("reads a per-CPU array where the kernel has neither ring buffers nor arrays that can be mapped", () => {
    const host = new Host({ ring: false, live: false, perCpu: true });
    assert.equal(host.run(wasm), 0);
    assert.equal(host.stdout, `${lost}perf 15\n`);
    // One call a batch, and one at the end.
    assert.equal(host.lookups, 4);
    assert.deepEqual(host.set, [
      [TYPE, 6],
      [MAX_ENTRIES, 1],
      [FLAGS, 0],
    ]);
  });

  it("reads an array that could not be mapped one by one", () => {
    const host = new Host({ ring: true, live: false, perCpu: false });
    assert.equal(host.run(wasm), 0);
    assert.equal(host.stdout, `${lost}ring 15\n`);
    assert.equal(host.lookups, 4 * CPUS);
  });
});
