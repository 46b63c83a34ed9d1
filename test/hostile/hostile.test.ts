import assert from "node:assert/strict";
import {
  type AuditRecord,
  allowAll,
  Module,
  ModuleError,
  parsePolicy,
  type Result,
} from "@wbpf/host";
import { kernelSuite } from "../support/kernel.js";
import { handles } from "./cases/handles.js";
import { imports } from "./cases/imports.js";
import { limits } from "./cases/limits.js";
import { malformed } from "./cases/malformed.js";
import { pointers } from "./cases/pointers.js";
import { policies } from "./cases/policies.js";
import { running } from "./cases/running.js";
import { texts } from "./cases/texts.js";
import { Beside } from "./support/beside.js";
import type { HostileCase } from "./support/case.js";
import { leftNow, mounts } from "./support/left.js";
import { Script } from "./support/script.js";

const ROOMS: Readonly<Record<string, readonly HostileCase[]>> = {
  handles,
  pointers,
  texts,
  malformed,
  imports,
  policies,
  limits,
  running,
};

/** What a user must never see: our own stack, or a value that was not made for reading. */
const OURS = /\.[jt]s:\d+|node:internal|\n\s+at |undefined|\[object/;

/** What a terminal would act upon. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are meant
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;

interface Run {
  readonly told: ReturnType<typeof Script.read>;
  readonly script: Script;
  /** How it was refused or ended; empty: it returned. */
  readonly sentence: string;
  readonly unfit: boolean;
  readonly records: readonly AuditRecord[];
}

async function run(hostile: HostileCase): Promise<Run> {
  const script = new Script(hostile.pages);
  const made = hostile.module(script);
  const bytes = made instanceof Uint8Array ? Uint8Array.from(made) : script.build();
  const records: AuditRecord[] = [];
  const nothing = { results: [], texts: [] };
  let module: Module;
  try {
    module = await Module.fromBytes(bytes, { name: "hostile.wasm" });
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    return { told: nothing, script, sentence: error.message, unfit: true, records };
  }
  const chunks: Uint8Array[] = [];
  const policy = hostile.policy && parsePolicy(`version: 1\n${hostile.policy}`, "hostile.yaml");
  let finished: Promise<Result>;
  try {
    ({ finished } = module.start({
      args: ["one", "two"],
      policy: policy || allowAll(),
      audit: (record) => records.push(record),
      stdout: (piece) => chunks.push(piece.slice()),
      stderr: () => {},
    }));
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    return { told: nothing, script, sentence: error.message, unfit: true, records };
  }
  const result = await finished;
  const sentence =
    result.kind === "exit"
      ? ""
      : result.kind === "killed"
        ? result.reason === "limit"
          ? result.limit.message
          : result.reason
        : result.error.message;
  const told = hostile.ends === undefined ? Script.read(Buffer.concat(chunks)) : nothing;
  return { told, script, sentence, unfit: false, records };
}

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
  if (hostile.policy === undefined || unfit || hostile.unrecorded) return;
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

  it("are at least sixty, each of which tries something else", () => {
    const names = Object.values(ROOMS).flatMap((room) => room.map(({ tries }) => tries));
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.length >= 60, `${names.length}`);
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
