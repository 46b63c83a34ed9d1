import assert from "node:assert/strict";
import type { BackendBuffer, BackendObject } from "../backend.js";
import type { ConformanceOptions } from "../conformance.js";
import { type Frame, framesOf } from "./frames.js";
import { type Guest, mapOf, PAGE, programOf, withGuest } from "./guest.js";
import { throwsBpf } from "./objects.js";
import { Producer } from "./producer.js";

const EFAULT = -14;
const EBADF = -9;
const EINVAL = -22;
const ENOSPC = -28;

/** Where the tests have batches written. */
const BATCH = PAGE;
const CAP = PAGE;

interface Ring {
  readonly guest: Guest;
  readonly object: BackendObject;
  readonly buffer: BackendBuffer;
  readonly producer: Producer;
}

/** The sequence number that a record of testing/ring.bpf.c starts with. */
const sequenceOf = (guest: Guest, frame: Frame) => guest.u64(frame.at);

export function buffersConform({ describe, it, backend, object }: ConformanceOptions): void {
  const withRing = (body: (ring: Ring) => void) =>
    withGuest(backend, (guest) => {
      const loaded = guest.load(object("ring"), "ring");
      const buffer = mapOf(loaded, "rb").openBuffer();
      body({ guest, object: loaded, buffer, producer: new Producer(loaded) });
    });
  /** One batch of what is there. */
  const take = ({ guest, buffer }: Ring, cap = CAP): Frame[] => {
    const size = buffer.poll(BATCH, cap, 0);
    assert.ok(size >= 0 && size <= cap, `poll answered ${size}`);
    return framesOf(guest.view, BATCH, size);
  };

  describe("buffers", () => {
    it("deliver 100,000 records in order, none twice, with right sums", () => {
      withRing((ring) => {
        const { guest, producer } = ring;
        let next = 0n;
        let sum = 0n;
        // Batches of many sizes, so that they end everywhere in the ring, and it wraps around dozens of times.
        for (let round = 1; next < 100_000n; round++) {
          const left = Number(100_000n - producer.sequence);
          producer.records(Math.min(left, 1 + ((round * 397) % 2500)));
          for (;;) {
            const frames = take(ring, round % 3 === 0 ? 1000 : CAP);
            if (frames.length === 0) break;
            for (const frame of frames) {
              assert.equal(frame.length, 16);
              assert.equal(frame.aux, 0);
              assert.equal(frame.discarded, false);
              assert.equal(sequenceOf(guest, frame), next++);
              sum += guest.u64(frame.at + 8);
            }
          }
        }
        assert.equal(next, 100_000n);
        assert.equal(sum, (3n * 99_999n * 100_000n) / 2n + 100_000n);
      });
    });

    it("tell the program when there is no room, and lose nothing else", () => {
      withRing((ring) => {
        const { guest, producer } = ring;
        const { submitted, failed } = producer.records(5000);
        assert.equal(failed, 1);
        assert.ok(submitted >= 2700 && submitted <= 2731, `${submitted} fit`);
        const seen = [...take(ring), ...take(ring)].length;
        assert.equal(seen, submitted);
        assert.equal(guest.u64(BATCH + 8), 0n);
      });
    });

    it("deliver records of mixed sizes across the ring's end, whole", () => {
      withRing((ring) => {
        const { guest, producer } = ring;
        let next = 0n;
        for (let round = 0; round < 400; round++) {
          const size = 16 + ((round * 1237) % 9000);
          assert.equal(producer.sized(size).retval, 0);
          const frames = take(ring);
          assert.equal(frames.length, 1);
          const [frame] = frames as [Frame];
          assert.equal(frame.length, size);
          assert.equal(sequenceOf(guest, frame), next++);
          assert.equal(guest.u64(frame.at + 8), BigInt(size));
        }
      });
    });

    it("mark discarded records, or leave them out, and never mix them up", () => {
      withRing((ring) => {
        const { guest, producer } = ring;
        const { submitted } = producer.records(1000, { discard: 3 });
        assert.equal(submitted, 666);
        const records = take(ring).filter((frame) => !frame.discarded);
        assert.equal(records.length, 666);
        assert.deepEqual(
          records.map((frame) => Number(sequenceOf(guest, frame))),
          Array.from({ length: 1000 }, (_, index) => index).filter((index) => index % 3 !== 0),
        );
        producer.records(10, { discard: 1 });
        assert.ok(take(ring).every((frame) => frame.discarded));
        assert.deepEqual(take(ring), []);
      });
    });

    it("say that a record is larger than the buffer, and deliver it into a larger one", () => {
      withRing((ring) => {
        const { guest, buffer, producer } = ring;
        producer.records(2);
        producer.sized(5000);
        producer.records(1);
        assert.equal(take(ring, 4096).length, 2, "what fits comes first");
        for (let again = 0; again < 3; again++) {
          assert.equal(buffer.poll(BATCH, 4096, again === 2 ? -1 : 0), ENOSPC);
          assert.equal(buffer.pendingSize, 5000);
        }
        assert.equal(buffer.poll(BATCH, 5000, 0), ENOSPC, "its header needs room too");
        const frames = take(ring, 5008);
        assert.deepEqual(
          frames.map(({ length }) => length),
          [5000],
        );
        assert.equal(sequenceOf(guest, frames[0] as Frame), 2n);
        assert.deepEqual(
          take(ring, 24).map(({ length }) => length),
          [16],
        );
      });
    });

    it("pass over a discarded record that is larger than the buffer", () => {
      withRing((ring) => {
        const { guest, buffer, producer } = ring;
        producer.discardLarge();
        producer.discardLarge();
        producer.records(1);
        const frames = take(ring, 4096);
        assert.equal(frames.length, 1);
        assert.equal(sequenceOf(guest, frames[0] as Frame), 0n);
        producer.discardLarge();
        assert.equal(buffer.poll(BATCH, 4096, 0), 0);
        producer.discardLarge();
        producer.sized(6000);
        assert.equal(buffer.poll(BATCH, 4096, -1), ENOSPC);
        assert.equal(buffer.pendingSize, 6000);
      });
    });

    it("write nothing outside the batch", () => {
      withRing(({ guest, buffer, producer }) => {
        producer.records(1000);
        guest.bytes.fill(0x5a);
        const size = buffer.poll(BATCH, 999, 0);
        assert.equal(size, 41 * 24);
        const bytes = guest.bytes;
        assert.ok(bytes.subarray(0, BATCH).every((byte) => byte === 0x5a));
        assert.ok(bytes.subarray(BATCH + size).every((byte) => byte === 0x5a));
      });
    });

    it("check buffer, alignment and capacity", () => {
      withRing(({ guest, buffer, producer }) => {
        producer.records(1);
        const end = guest.bytes.length;
        const poll = (at: number, cap: number) => buffer.poll(at | 0, cap | 0, 0);
        for (const at of [1, 4, BATCH + 7, end - 4]) assert.equal(poll(at, 4096), EINVAL);
        for (const cap of [0, 1, 7]) assert.equal(poll(BATCH, cap), EINVAL);
        for (const [at, cap] of [
          [end, 8],
          [end - 8, 9],
          [end - 8, 0xffffffff],
          [0, end + 1],
          [0xfffffff8, 8],
          [0xfffffff8, 0xffffffff],
          [0, 0xffffffff],
          [0x80000000, 4096],
        ] as const) {
          assert.equal(poll(at, cap), EFAULT, `${at} ${cap}`);
        }
        assert.equal(poll(end - 8, 8), ENOSPC);
        assert.equal(poll(end - 24, 24), 24, "none of that consumed the record");
      });
    });

    it("take a capacity of more than 2 GiB as unsigned", () => {
      withGuest(
        backend,
        (guest) => {
          const loaded = guest.load(object("ring"));
          const buffer = mapOf(loaded, "rb").openBuffer();
          new Producer(loaded).records(3);
          // The whole of a 4 GiB memory but its first 8 bytes; its pages are never touched.
          assert.equal(buffer.poll(8, 0xfffffff8 | 0, 0), 72);
          assert.equal(buffer.poll(0xfffffff8 | 0, 8, 0), 0);
          assert.equal(buffer.poll(0xfffffff8 | 0, 9, 0), EFAULT);
        },
        { pages: 65536 },
      );
    });

    it("wait no longer than asked", () => {
      withRing(({ buffer }) => {
        for (const timeout of [0, 1, 30]) {
          const start = performance.now();
          assert.equal(buffer.poll(BATCH, CAP, timeout), 0);
          const took = performance.now() - start;
          assert.ok(took >= timeout - 0.1 && took < timeout + 50, `${timeout} ms took ${took}`);
        }
      });
    });

    it("read two rings of one object, together", () => {
      withRing(({ guest, object: loaded, buffer: first, producer }) => {
        const second = mapOf(loaded, "second").openBuffer();
        const both = [first, second];
        const ready = new Int32Array(2);
        const { session } = guest;
        assert.equal(session.wait(both, ready, 0), 0);
        assert.equal(session.wait(both, ready, 20), 0);

        producer.records(3, { ring: 1 });
        assert.equal(session.wait(both, ready, -1), 1);
        assert.equal(ready[0], 1);
        producer.records(2);
        assert.equal(session.wait(both, ready, -1), 2);
        assert.deepEqual([...ready], [0, 1]);
        assert.equal(session.wait([second], ready, -1), 1);
        assert.equal(ready[0], 0);

        assert.equal(second.poll(BATCH, CAP, 0), 72);
        assert.equal(guest.u64(BATCH + 8), 0n);
        assert.equal(session.wait(both, ready, -1), 1);
        assert.equal(ready[0], 0);
        assert.equal(first.poll(BATCH, CAP, 0), 48);
        assert.equal(guest.u64(BATCH + 8), 3n);
        assert.equal(session.wait(both, ready, 0), 0);

        assert.equal(session.wait([], ready, 5), 0, "nothing to wait for: the time passes");
        assert.equal(session.wait(both, new Int32Array(1), 0), EINVAL);
        assert.equal(session.wait(new Array(65).fill(first), new Int32Array(65), 0), EINVAL);
        second.close();
        assert.equal(session.wait(both, ready, 0), EBADF);
      });
    });

    it("open a map once at a time, and only a ring buffer", () => {
      withGuest(backend, (guest) => {
        const opened = guest.session.openObject(object("ring"), { name: "ring" });
        const rb = mapOf(opened, "rb");
        throwsBpf("EBADF", /'rb'.*not loaded/, () => rb.openBuffer());
        opened.load();
        const producer = new Producer(opened);
        producer.records(2);
        const buffer = rb.openBuffer();
        throwsBpf("EBUSY", /'rb'/, () => rb.openBuffer());
        throwsBpf("EINVAL", /'\.bss'.*not a ring buffer/, () => mapOf(opened, ".bss").openBuffer());
        buffer.close();
        buffer.close();
        assert.equal(buffer.poll(BATCH, CAP, 0), EBADF);
        const again = rb.openBuffer();
        assert.equal(again.poll(BATCH, CAP, 0), 48, "unread records stay");
        assert.equal(rb.lookup(0, 8, 0) < 0, true);
        assert.equal(programOf(opened, "produce").name, "produce");
      });
    });

    it("follow the memory when it grows between polls", () => {
      withRing(({ guest, buffer, producer }) => {
        for (let round = 0; round < 10; round++) {
          const at = guest.bytes.length;
          guest.memory.grow(1);
          producer.records(1);
          assert.equal(buffer.poll(at, PAGE, 0), 24);
          assert.equal(guest.u64(at + 8), BigInt(round));
        }
      });
    });
  });
}
