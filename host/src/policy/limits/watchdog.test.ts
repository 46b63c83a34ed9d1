import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { NO_LIMITS } from "../model/defaults.js";
import type { LimitReached } from "./limit.js";
import { Watchdog } from "./watchdog.js";

/** A gauge that a test sets. */
const gauge = (values: { cpuMs?: number; turnMs?: number | undefined; callbacks?: number }) => ({
  cpuMs: 0,
  turnMs: undefined as number | undefined,
  callbacks: undefined as number | undefined,
  ...values,
});
const limit = (value: number) => ({ value, origin: "tool.yaml:9" });

/** Waits, and tells how late a timer of 5 ms was meanwhile at most. */
async function lateness(ms: number): Promise<number> {
  const end = performance.now() + ms;
  let most = 0;
  while (performance.now() < end) {
    const before = performance.now();
    await sleep(5);
    most = Math.max(most, performance.now() - before - 5);
  }
  return most;
}

async function told(
  limits: Partial<typeof NO_LIMITS>,
  values: ReturnType<typeof gauge>,
  meanwhile: (values: ReturnType<typeof gauge>) => Promise<void>,
): Promise<LimitReached[]> {
  const reached: LimitReached[] = [];
  const dog = new Watchdog({ ...NO_LIMITS, ...limits }, values, (one) => reached.push(one));
  await meanwhile(values);
  dog.stop();
  return reached;
}

describe("Watchdog", () => {
  it("tells once when the wall time is over, and not before", async () => {
    const [first, second] = await told({ wallMs: limit(60) }, gauge({}), () => sleep(150));
    assert.deepEqual(first, {
      limit: "wall",
      message: "it has run for 60 ms, and limits.wall allows no more",
      rule: "tool.yaml:9",
    });
    assert.equal(second, undefined);
    assert.deepEqual(await told({ wallMs: limit(5000) }, gauge({}), () => sleep(30)), []);
  });

  it("looks at the CPU time that was used, not at the clock", async () => {
    const limits = { cpuMs: limit(20) };
    assert.deepEqual(await told(limits, gauge({ cpuMs: 19 }), () => sleep(100)), []);
    const reached = await told(limits, gauge({ cpuMs: 19 }), async (values) => {
      await sleep(20);
      values.cpuMs = 20.5;
      await sleep(60);
    });
    assert.match(
      reached[0]?.message ?? "",
      /used 20\.5 ms of CPU time, and limits\.cpu allows 20 ms/,
    );
  });

  it("lets a module wait for as long as it likes, and no turn be too long", async () => {
    const limits = { callbackMs: limit(40) };
    assert.deepEqual(await told(limits, gauge({}), () => sleep(120)), []);
    assert.deepEqual(await told(limits, gauge({ turnMs: 39 }), () => sleep(30)), []);
    const reached = await told(limits, gauge({ turnMs: 41 }), () => sleep(10));
    assert.equal(reached[0]?.limit, "callback");
  });

  it("gives each callback of one poll its own time", async () => {
    const limits = { callbackMs: limit(60) };
    const busy = async (values: ReturnType<typeof gauge>) => {
      for (let i = 0; i < 20; i++) {
        values.callbacks = (values.callbacks ?? 0) + 1;
        await sleep(10);
      }
    };
    assert.deepEqual(await told(limits, gauge({ turnMs: 5000, callbacks: 1 }), busy), []);
    const stuck = await told(limits, gauge({ turnMs: 5000, callbacks: 1 }), () => sleep(150));
    assert.equal(stuck[0]?.limit, "callback");
  });

  it("tells of a callback well before twice its time, whenever it began", async () => {
    const limits = { callbackMs: limit(200) };
    // Right after a look that found the module waiting, and in a turn of which earlier callbacks were short.
    for (const before of [0, 1]) {
      const values = gauge({ callbacks: before });
      let at = 0;
      const dog = new Watchdog({ ...NO_LIMITS, ...limits }, values, () => {
        at = performance.now();
      });
      if (before > 0) values.turnMs = 1;
      await sleep(before === 0 ? 5 : 60);
      const began = performance.now();
      values.callbacks = before + 1;
      Object.defineProperty(values, "turnMs", { get: () => performance.now() - began + before });
      const late = await lateness(500);
      dog.stop();
      assert.ok(at > 0, "it was told");
      const took = at - began;
      assert.ok(took >= 199, `${took} ms`);
      assert.ok(
        took < 200 * 1.25 + 20 + 2 * late,
        `${took} ms, and a timer was late by ${late} ms`,
      );
    }
  });
});
