import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { NO_LIMITS } from "../model/defaults.js";
import type { LimitReached } from "./limit.js";
import { Watchdog } from "./watchdog.js";

/** A gauge that a test sets. */
const gauge = (values: { cpuMs?: number; turnMs?: number | undefined; callbacks?: number }) => ({
  cpuMs: 0,
  turnMs: undefined as number | undefined,
  callbacks: 0,
  ...values,
});
const limit = (value: number) => ({ value, origin: "tool.yaml:9" });

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
        values.callbacks++;
        await sleep(10);
      }
    };
    assert.deepEqual(await told(limits, gauge({ turnMs: 5000, callbacks: 1 }), busy), []);
    const stuck = await told(limits, gauge({ turnMs: 5000, callbacks: 1 }), () => sleep(150));
    assert.equal(stuck[0]?.limit, "callback");
  });
});
