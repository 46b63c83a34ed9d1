import assert from "node:assert/strict";
import { TokenBucket } from "./bucket.js";

describe("TokenBucket", () => {
  it("lets a tenth of a second through at once, and the rate from then on", () => {
    let now = 1000;
    const bucket = new TokenBucket(500, () => now);
    assert.equal(bucket.available, 50);
    bucket.take(50);
    assert.equal(bucket.available, 0);
    assert.equal(bucket.waitMs(1), 2);
    assert.equal(bucket.waitMs(10), 20);
    now += 20;
    assert.equal(bucket.available, 10);
    now += 1_000_000;
    assert.equal(bucket.available, 50);
  });

  it("waits for no more than fits", () => {
    let now = 0;
    const bucket = new TokenBucket(100, () => now);
    bucket.take(10);
    assert.equal(bucket.waitMs(1_000_000), 100);
    now += 100;
    assert.equal(bucket.waitMs(1_000_000), 0);
  });

  it("lets one through, however low the rate", () => {
    let now = 0;
    const bucket = new TokenBucket(0.5, () => now);
    assert.equal(bucket.available, 1);
    bucket.take(1);
    assert.equal(bucket.waitMs(1), 2000);
    now += 2000;
    assert.equal(bucket.available, 1);
  });

  it("is exact over time", () => {
    let now = 0;
    const bucket = new TokenBucket(1234, () => now);
    let through = 0;
    for (; now < 10_000; now += 0.7) {
      const amount = Math.min(37, bucket.available);
      bucket.take(amount);
      through += amount;
    }
    assert.ok(through <= 12_340 + 124 && through >= 12_300, `${through}`);
  });
});
