import assert from "node:assert/strict";
import type { BackendBuffer } from "../backend.js";
import type { ConformanceOptions } from "../conformance.js";
import { Guest, mapOf, PAGE } from "./guest.js";
import { Producer } from "./producer.js";
import { Waker } from "./waker.js";

const ECANCELED = -125;

export function stopConforms(options: ConformanceOptions): void {
  const { describe, it, backend, object } = options;

  /** Blocks in `wait` until another thread signals, and expects -ECANCELED soon after. */
  const interrupts = async (wait: (guest: Guest, rings: BackendBuffer[]) => number) => {
    const stop = options.stop();
    const guest = new Guest(backend, { stopFd: stop.fd });
    const waker = await Waker.create(stop.fd, "signal");
    try {
      const loaded = guest.load(object("ring"));
      const rings = [mapOf(loaded, "rb").openBuffer(), mapOf(loaded, "second").openBuffer()];
      waker.start();
      assert.equal(wait(guest, rings), ECANCELED);
      assert.ok(waker.acted, "it waited for the signal");
      assert.ok(waker.elapsed < 100, `it took ${waker.elapsed} ms`);
      // From now on, also when there is something to read: under a flood there always is.
      new Producer(loaded).records(5);
      assert.equal(rings[0]?.poll(0, PAGE, 0), ECANCELED);
      assert.equal(rings[0]?.poll(0, PAGE, -1), ECANCELED);
      assert.equal(guest.session.wait(rings, new Int32Array(2), -1), ECANCELED);
    } finally {
      await waker.end();
      guest.session.close();
      stop.close();
    }
  };

  describe("stop", () => {
    it("ends a poll that waits for ever, from another thread", () =>
      interrupts((_, rings) => (rings[0] as BackendBuffer).poll(0, PAGE, -1)));

    it("ends a poll that waits long", () =>
      interrupts((_, rings) => (rings[0] as BackendBuffer).poll(0, PAGE, 60_000)));

    it("ends a wait for several", () =>
      interrupts((guest, rings) => guest.session.wait(rings, new Int32Array(2), -1)));

    it("outlives the descriptor that it came by", () => {
      const stop = options.stop();
      const guest = new Guest(backend, { stopFd: stop.fd });
      try {
        const buffer = mapOf(guest.load(object("ring")), "rb").openBuffer();
        assert.equal(buffer.poll(0, PAGE, 0), 0);
        stop.signal();
        stop.signal();
        stop.close();
        stop.close();
        stop.signal();
        assert.equal(stop.fd, -1);
        assert.equal(buffer.poll(0, PAGE, -1), ECANCELED);
      } finally {
        guest.session.close();
      }
    });
  });
}
