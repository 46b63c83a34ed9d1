import assert from "node:assert/strict";
import type { AuditRecord } from "@wbpf/host";
import { kernelSuite } from "../support/kernel.js";
import { tool } from "./cases/handles.js";
import { objects } from "./support/objects.js";
import { run } from "./support/run.js";
import type { Script } from "./support/script.js";

/** The tool's maps. */
const MAPS = 5;
/** `map_set`: how many entries. */
const MAX_ENTRIES = 4;
/** Bytes of one element of the tool's array. */
const ELEMENT = 8;

const policy = (maps: string, programs = "") => `host: { stdout: true }
maps: { types: ['*']${maps} }
programs: { allow: [{ type: raw_tracepoint, targets: [sys_enter] }]${programs} }
`;

/** Runs a script, and checks that each of its calls came to what it has to. */
async function calls(granted: string, write: (script: Script) => void): Promise<AuditRecord[]> {
  const { told, script, sentence, records } = await run({
    tries: "quotas",
    policy: granted,
    module: (own) => {
      write(own);
    },
  });
  assert.equal(sentence, "");
  assert.equal(told.results.length, script.expected.length);
  for (const { call, ref, results, text } of script.expected) {
    const result = told.results[ref] ?? 0;
    const answer = `${call} gave ${result}: ${told.texts[ref]}`;
    if (results === "negative") assert.ok(result < 0, answer);
    else if (results === "handle") assert.ok(result > 0, answer);
    else if (results !== "any") assert.ok(results.includes(result), answer);
    if (text !== undefined) assert.match(told.texts[ref] ?? "", text, answer);
  }
  return [...records];
}

const denials = (records: readonly AuditRecord[]) =>
  records
    .filter(({ verdict }) => verdict === "deny")
    .map(({ call, target, rule }) => `${call} ${target} ${rule}`);

const open = (script: Script) => script.opens("object_open", ...script.put(objects().tool), 0, 0);
const refuses = (script: Script, sentence: RegExp) => {
  const object = open(script);
  script.refused(sentence, "object_load", object);
  return object;
};

kernelSuite("the quotas of a policy", function () {
  this.timeout(60_000);
  /** What the tool's maps take, as the audit log says it where there is no bound. */
  let bytes = 0;

  before(async () => {
    const records = await calls(policy(", maxBytes: 1Gi"), (script) => {
      tool(script);
    });
    const [use] = records
      .map((record) => record.use)
      .filter((one) => one.kind === "quota" && one.quota === "mapBytes");
    assert.ok(use?.kind === "quota");
    bytes = use.amount;
    // Its ring buffer alone.
    assert.ok(bytes > 65_536, `${bytes}`);
  });

  it("let maps have their bytes, and not one more", async () => {
    const exact = await calls(policy(`, maxBytes: ${bytes}`), (script) => {
      tool(script);
    });
    assert.deepEqual(denials(exact), []);
    const under = await calls(policy(`, maxBytes: ${bytes - 1}`), (script) => {
      refuses(script, /bytes of maps/);
    });
    assert.deepEqual(denials(under), [
      `object_load ${bytes} mapBytes hostile.yaml:3 maps.maxBytes`,
    ]);
  });

  it("count a map as it is when it is loaded, to the element", async () => {
    const records = await calls(policy(`, maxBytes: ${bytes + ELEMENT}`), (script) => {
      for (const [entries, fits] of [
        [6, false],
        [5, true],
      ] as const) {
        const object = open(script);
        const map = script.call("object_find_map", object, ...script.put("array"));
        script.gives(0, "map_set", map, MAX_ENTRIES, entries);
        if (fits) script.gives(0, "object_load", object);
        else script.refused(/bytes of maps/, "object_load", object);
      }
    });
    assert.deepEqual(denials(records), [
      `object_load ${bytes + 2 * ELEMENT} mapBytes hostile.yaml:3 maps.maxBytes`,
    ]);
  });

  it("add up what is open, and get it back when that is closed", async () => {
    const twice = (most: number, second: boolean) =>
      calls(policy(`, maxBytes: ${most}`), (script) => {
        const { object } = tool(script);
        if (second) tool(script);
        const third = refuses(script, /bytes of maps/);
        script.gives(0, "object_close", object);
        script.gives(0, "object_close", third);
        // Also after one that was refused: it took nothing and gave nothing back.
        tool(script);
        refuses(script, /bytes of maps/);
      });
    assert.equal(denials(await twice(2 * bytes, true)).length, 2);
    assert.equal(denials(await twice(2 * bytes - 1, false)).length, 2);
  });

  it("give back what a load took that the kernel refused", async () => {
    const records = await calls(policy(`, max: ${MAPS}, maxBytes: ${bytes}`), (script) => {
      for (let i = 0; i < 3; i++) {
        const object = open(script);
        const map = script.call("object_find_map", object, ...script.put("counts"));
        // BPF_F_RDONLY | BPF_F_WRONLY, which exclude each other; it changes no size.
        script.gives(0, "map_set", map, 5, 0x18);
        script.refused(/./, "object_load", object);
      }
      tool(script);
    });
    assert.deepEqual(denials(records), []);
  });

  it("let a module have so many maps, also after it closed some", async () => {
    const few = await calls(policy(`, max: ${MAPS - 1}`), (script) => {
      refuses(script, /maps/);
    });
    assert.deepEqual(denials(few), [`object_load ${MAPS} maps hostile.yaml:3 maps.max`]);
    const records = await calls(policy(`, max: ${2 * MAPS}`), (script) => {
      const { object } = tool(script);
      tool(script);
      refuses(script, /maps/);
      script.gives(0, "object_close", object);
      tool(script);
      refuses(script, /maps/);
    });
    const line = `object_load ${3 * MAPS} maps hostile.yaml:3 maps.max`;
    assert.deepEqual(denials(records), [line, line]);
  });

  it("let a module have so many programs, also after it closed some", async () => {
    const none = await calls(policy("", ", max: 0"), (script) => {
      refuses(script, /programs/);
    });
    assert.deepEqual(denials(none), ["object_load 1 programs hostile.yaml:4 programs.max"]);
    const records = await calls(policy("", ", max: 2"), (script) => {
      const { object, program } = tool(script);
      tool(script);
      refuses(script, /programs/);
      // A link that is still there does not make its program count any longer than its object.
      script.gives(0, "object_close", object);
      script.refused(/closed/, "program_attach", program);
      tool(script);
      refuses(script, /programs/);
    });
    const line = "object_load 3 programs hostile.yaml:4 programs.max";
    assert.deepEqual(denials(records), [line, line]);
  });
});
