import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { PROGRAM_TYPES } from "../src/policy/model/program-type.js";
import { generated } from "./generate.js";

describe("the schema of policies", () => {
  it("is written down as `npm run schema -w host` writes it", () => {
    for (const [file, content] of Object.entries(generated())) {
      const written = readFileSync(new URL(file, import.meta.url), "utf8");
      assert.ok(written === content, `${file} is out of date: npm run schema -w host`);
    }
  });

  it("is a schema, and knows modes and targets of each program type", () => {
    const schema = readFileSync(new URL("policy.schema.json", import.meta.url), "utf8");
    const validate = new Ajv({ strictTypes: false, strictRequired: false }).compile(
      JSON.parse(schema),
    );
    const takes = (grant: object) =>
      validate({ version: 1, programs: { allow: [grant] } }) as boolean;
    for (const { name, modes, target } of PROGRAM_TYPES) {
      assert.equal(takes({ type: name }), true, name);
      assert.equal(takes({ type: name, modes: ["sideways"] }), false, name);
      if (modes[0] !== undefined) assert.equal(takes({ type: name, modes }), true, name);
      assert.equal(takes({ type: name, targets: ["x"] }), target !== undefined, name);
    }
    assert.equal(takes({ type: "nothing" }), false);
  });
});
