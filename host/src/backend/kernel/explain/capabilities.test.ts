import assert from "node:assert/strict";
import { missingCapabilities } from "./capabilities.js";
import { olderThan } from "./kernel-release.js";

/** A capability set with these bits. */
const set = (...bits: bigint[]) => ({
  effective: bits.reduce((sum, bit) => sum | (1n << bit), 0n),
  permitted: 0n,
});

describe("missingCapabilities", () => {
  const [NET_ADMIN, SYS_ADMIN, PERFMON, BPF] = [12n, 21n, 38n, 39n] as const;
  const [SOCKET_FILTER, TRACEPOINT, XDP, EXT] = [1, 5, 6, 28];

  it("names those that the program types need, and that are not there", () => {
    assert.deepEqual(missingCapabilities([SOCKET_FILTER], set()), ["CAP_BPF"]);
    assert.deepEqual(missingCapabilities([TRACEPOINT], set()), ["CAP_BPF", "CAP_PERFMON"]);
    assert.deepEqual(missingCapabilities([XDP], set()), ["CAP_BPF", "CAP_NET_ADMIN"]);
    assert.deepEqual(missingCapabilities([EXT], set(BPF)), ["CAP_PERFMON", "CAP_NET_ADMIN"]);
    assert.deepEqual(missingCapabilities([TRACEPOINT, XDP], set(BPF, PERFMON, NET_ADMIN)), []);
  });

  it("takes CAP_SYS_ADMIN for all of them", () => {
    assert.deepEqual(missingCapabilities([EXT], set(SYS_ADMIN)), []);
  });
});

describe("olderThan", () => {
  it("compares releases as numbers", () => {
    assert.equal(olderThan("5.8", "5.4.0-generic"), true);
    assert.equal(olderThan("5.8", "5.10.0"), false);
    assert.equal(olderThan("6.1", "6.1.0-13-amd64"), false);
    assert.equal(olderThan("6.9", "6.1.0-13-amd64"), true);
    assert.equal(olderThan("5.8", "6.0"), false);
  });
});
