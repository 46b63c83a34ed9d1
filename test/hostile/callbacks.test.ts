import assert from "node:assert/strict";
import { type AuditRecord, Module, parsePolicy } from "@wbpf/host";
import { Lateness } from "../../host/src/testing/machine.js";
import { ENDLESS, i32 } from "../../host/src/testing/wasm-builder.js";
import { kernelSuite } from "../support/kernel.js";
import { published } from "./cases/running.js";
import { leftNow, mounts } from "./support/left.js";
import { Script } from "./support/script.js";

const LIMIT_MS = 200;
const POLICY = parsePolicy(
  `version: 1
host: { stdout: true }
maps: { types: ['*'] }
programs: { allow: [{ type: raw_tracepoint, targets: [sys_enter] }] }
limits: { callback: ${LIMIT_MS}ms }
`,
  "hostile.yaml",
);

/** A module whose callback returns until it got so many records; then it prints a dot and never returns. */
function runaway(records: number): Uint8Array {
  const script = new Script();
  const { object, map, record } = published(script);
  const [dot] = script.put(".");
  const list = script.words(dot, 1);
  const [counter] = script.put(new Uint8Array(8));
  const count = [...i32(counter), 0x28, 2, 0];
  script.callback = [
    // if (++counter < records) return 0;
    ...[...i32(counter), ...count, ...i32(1), 0x6a, 0x36, 2, 0],
    ...[...count, ...i32(records), 0x49, 0x04, 0x40, ...i32(0), 0x0f, 0x0b],
    ...[...i32(1), ...i32(list), ...i32(1), ...i32(8), ...script.callCode("fd_write"), 0x1a],
    ...[...ENDLESS, ...i32(0)],
  ];
  script.silent();
  // loop { poll }
  script.raw(0x03, 0x40);
  script.call("wasm_bpf_buffer_poll", object, map, 0, 0, record, 64, 5000);
  script.raw(0x0c, 0, 0x0b);
  return script.build();
}

kernelSuite("limits.callback and callbacks of the wasm_bpf ABI", function () {
  this.timeout(30_000);
  // The host's main thread looks at the clock, and has to get a turn for it.
  const machine = new Lateness();
  before(() => machine.start());
  after(() => machine.stop());

  for (const records of [1, 2, 1000]) {
    it(`ends the callback that does not return, within twice its limit: that of record ${records}`, async () => {
      const bpffs = mounts("bpf") ?? "/sys/fs/bpf";
      const before = leftNow(bpffs);
      const audit: AuditRecord[] = [];
      let began = 0;
      machine.take();
      const running = (
        await Module.fromBytes(Uint8Array.from(runaway(records)), { name: "hostile.wasm" })
      ).start({
        policy: POLICY,
        audit: (one) => audit.push(one),
        stdout: () => {
          began = performance.now();
        },
        stderr: () => {},
      });
      const result = await running.finished;
      const took = performance.now() - began;
      assert.ok(result.kind === "killed" && result.reason === "limit", JSON.stringify(result));
      assert.match(
        result.limit.message,
        /^it went on for .* without waiting for anything, and limits\.callback allows 200 ms$/,
      );
      assert.ok(began > 0, "the callback was called");
      // From its write to the end of its thread, each of which a busy machine may hold up.
      const late = machine.take();
      assert.ok(took < 2 * LIMIT_MS + 2 * late, `${took} ms, and a timer was late by ${late} ms`);
      const [denial, ...more] = audit.filter(({ verdict }) => verdict === "deny");
      assert.deepEqual(denial?.use, { kind: "limit", limit: "callback" });
      assert.equal(denial?.rule, "hostile.yaml:5 limits.callback");
      assert.deepEqual(more, []);
      assert.deepEqual(leftNow(bpffs), before);
    });
  }
});
