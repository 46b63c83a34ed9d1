import assert from "node:assert/strict";
import { BpfError } from "../../backend/backend.js";
import { UNGUARDED } from "../../testing/guard.js";
import { buildWasm } from "../../testing/wasm-builder.js";
import type { AuditRecord } from "../audit/record.js";
import { parsePolicy } from "../file/parse.js";
import { Guard } from "../guard/guard.js";
import { DEFAULT_POLICY } from "../model/defaults.js";
import type { Policy } from "../model/policy.js";
import { requireImports } from "./imports.js";

const IMPORTS = {
  clock: ["wasi_snapshot_preview1", "clock_time_get", "iIi:i"],
  output: ["wasi_snapshot_preview1", "fd_write", "iiii:i"],
  freeze: ["wbpf", "map_freeze", "i:i"],
  load: ["wbpf", "object_load", "i:i"],
  attach: ["wbpf", "program_attach", "i:i"],
  pin: ["wbpf", "pin", "iii:i"],
  published: ["wasm_bpf", "wasm_load_bpf_object", "ii:I"],
  harmless: ["wbpf", "kernel_version", ":i"],
} as const;

/** The sentence with which a module is refused; `undefined`: it is linked. */
function refusal(name: keyof typeof IMPORTS, policy: Policy, records: AuditRecord[] = []) {
  const compiled = new WebAssembly.Module(buildWasm({ imports: [IMPORTS[name]] }));
  const audit = (record: AuditRecord) => void records.push(record);
  try {
    requireImports(compiled, new Guard({ ...UNGUARDED, name: "tool.wasm", policy, audit }));
    return undefined;
  } catch (error) {
    assert(error instanceof BpfError);
    assert.equal(error.code, "EPERM");
    return error.message;
  }
}

const policy = (text: string) => parsePolicy(`version: 1\n${text}`, "p.yaml");

describe("the imports of a module", () => {
  it("are refused with what they need and where it is granted", () => {
    assert.equal(
      refusal("clock", policy("host: { stdout: true }")),
      "tool.wasm imports 'wasi_snapshot_preview1.clock_time_get', which needs host.clock, and p.yaml does not grant it: add it there, or see --allow of wbpf run",
    );
    for (const [name, place] of [
      ["freeze", /needs maps\.freeze/],
      ["load", /needs programs\.allow or maps\.types/],
      ["published", /needs programs\.allow or maps\.types/],
      ["attach", /needs programs\.allow/],
      ["pin", /needs pins\.own or pins\.shared/],
    ] as const) {
      assert.match(refusal(name, DEFAULT_POLICY) ?? "", place);
    }
  });

  it("are linked when any grant may let them be called", () => {
    assert.equal(refusal("output", DEFAULT_POLICY), undefined);
    assert.equal(refusal("output", policy("host: { stderr: true }")), undefined);
    assert.match(refusal("output", policy("host: { clock: true }")) ?? "", /needs host\.stdout/);
    assert.equal(refusal("harmless", policy("host: {}")), undefined);
    assert.equal(refusal("load", policy("maps: { types: [hash] }")), undefined);
    assert.equal(refusal("published", policy("maps: { types: [hash] }")), undefined);
    assert.equal(refusal("pin", policy("pins: { own: [x] }")), undefined);
  });

  it("are linked in audit mode, and recorded", () => {
    const records: AuditRecord[] = [];
    assert.equal(refusal("freeze", policy("mode: audit"), records), undefined);
    assert.deepEqual(
      records.map(({ call, use, verdict }) => [call, use.kind, verdict]),
      [["start", "freeze", "would-deny"]],
    );
  });
});
