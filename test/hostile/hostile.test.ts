import assert from "node:assert/strict";
import { kernelSuite } from "../support/kernel.js";
import { assembled } from "./cases/assembled.js";
import { handles } from "./cases/handles.js";
import { imports } from "./cases/imports.js";
import { limits } from "./cases/limits.js";
import { malformed } from "./cases/malformed.js";
import { manifests } from "./cases/manifests.js";
import { pointers } from "./cases/pointers.js";
import { policies } from "./cases/policies.js";
import { running } from "./cases/running.js";
import { texts } from "./cases/texts.js";
import { Beside } from "./support/beside.js";
import type { HostileCase } from "./support/case.js";
import { leftNow, mounts } from "./support/left.js";
import { type Run, run } from "./support/run.js";

const ROOMS: Readonly<Record<string, readonly HostileCase[]>> = {
  handles,
  pointers,
  texts,
  malformed,
  imports,
  policies,
  manifests,
  assembled,
  limits,
  running,
};

/** What a user must never see: our own stack, or a value that was not made for reading. */
const OURS = /\.[jt]s:\d+|node:internal|\n\s+at |undefined|\[object/;

/** What a terminal would act upon. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are meant
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;

function check(hostile: HostileCase, { told, script, sentence, unfit, records }: Run): void {
  assert.doesNotMatch(sentence, OURS);
  assert.doesNotMatch(sentence, CONTROL);
  assert.equal(unfit, hostile.unfit !== undefined, sentence);
  assert.match(sentence, hostile.unfit ?? hostile.ends ?? /^$/);
  if (sentence === "") assert.equal(told.results.length, script.expected.length, "it told all");
  for (const { call, ref, results, text } of sentence === "" ? script.expected : []) {
    const result = told.results[ref] ?? 0;
    const said = told.texts[ref] ?? "";
    const answer = `${call} gave ${result}: ${said}`;
    if (results === "negative") assert.ok(result < 0, answer);
    else if (results === "handle") assert.ok(result > 0, answer);
    else if (results !== "any") assert.ok(results.includes(result), answer);
    if (text !== undefined) assert.match(said, text, answer);
    assert.doesNotMatch(said, OURS);
  }
  if (hostile.policy === undefined || hostile.unrecorded) return;
  const denials = records.filter(({ verdict }) => verdict === "deny");
  assert.notEqual(denials.length, 0, `no denial among ${JSON.stringify(records)}`);
  const { audited } = hostile;
  if (audited !== undefined) {
    const lines = denials.map(({ call, target, rule }) => `${call} ${target} ${rule}`);
    assert.ok(
      lines.some((line) => audited.test(line)),
      lines.join("\n"),
    );
  }
  for (const { module, name } of denials) {
    assert.match(module, /^[0-9a-f]{64}$/);
    assert.equal(name, "hostile.wasm");
  }
}

kernelSuite("modules that were written to escape", function () {
  this.timeout(60_000);
  const bpffs = mounts("bpf");
  let beside: Beside;
  before(async () => {
    beside = await Beside.start();
  });
  after(() => beside?.stop());

  it("are at least 120, each of which tries something else", () => {
    const names = Object.values(ROOMS).flatMap((room) => room.map(({ tries }) => tries));
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.length >= 120, `${names.length}`);
  });

  for (const [room, cases] of Object.entries(ROOMS)) {
    describe(room, () => {
      for (const hostile of cases) {
        it(hostile.tries, async () => {
          const before = leftNow(bpffs ?? "/sys/fs/bpf");
          const done = await run(hostile);
          check(hostile, done);
          assert.deepEqual(leftNow(bpffs ?? "/sys/fs/bpf"), before, "something is left");
          await beside.alive();
          assert.equal(beside.stderr, "");
        });
      }
    });
  }
});
