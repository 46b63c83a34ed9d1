import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { POLICY_SCHEMA } from "../../host/schema/policy.js";
import { ROLES_SCHEMA } from "../../host/schema/roles.js";
import type { Schema } from "../../host/schema/schema.js";
import { grantOfFlag } from "../../host/src/policy/file/flag.js";
import { parsePolicy } from "../../host/src/policy/file/parse.js";
import { EFFECTS } from "../../host/src/policy/model/effect.js";
import { PROGRAM_TYPES } from "../../host/src/policy/model/program-type.js";
import { parseRoles } from "../../host/src/policy/roles/parse.js";
import { root } from "../support/wbpf.js";

const docs = join(root, "docs");
const pages = new Map(
  ["policy.md", ...readdirSync(join(docs, "permissions")).map((file) => `permissions/${file}`)].map(
    (file) => [file, readFileSync(join(docs, file), "utf8")] as const,
  ),
);

/** Every key of a schema, as headings write it: `programs.allow[].type`. Sections by themselves have none. */
function keysOf(schema: Schema, rootSchema: Schema, path = ""): string[] {
  const target = resolve(schema, rootSchema);
  if (target.items !== undefined) return keysOf(target.items as Schema, rootSchema, `${path}[]`);
  const properties = (target.properties ?? {}) as Record<string, Schema>;
  return Object.entries(properties).flatMap(([name, inner]) => {
    const key = path === "" ? name : `${path}.${name}`;
    return [key, ...keysOf(inner, rootSchema, key)];
  });
}

function resolve(schema: Schema, rootSchema: Schema): Schema {
  if (typeof schema.$ref !== "string") return schema;
  const name = schema.$ref.slice("#/$defs/".length);
  return (rootSchema.$defs as Record<string, Schema>)[name] as Schema;
}

const headings = (text: string): string[] =>
  [...text.matchAll(/^### (.*)$/gm)].flatMap(([, line = ""]) =>
    [...line.matchAll(/`([^`]+)`/g)].map(([, key = ""]) => key),
  );

describe("the documentation of policies", () => {
  it("has a section for every key of a policy, and for none that there is not", () => {
    const { "permissions/roles.md": _, ...rest } = Object.fromEntries(pages);
    const found = Object.values(rest).flatMap(headings);
    const keys = keysOf(POLICY_SCHEMA, POLICY_SCHEMA);
    assert.ok(keys.includes("programs.allow[].type") && keys.length > 40, keys.join(" "));
    assert.deepEqual(
      keys.filter((key) => !found.includes(key)),
      [],
    );
    assert.deepEqual(
      found.filter((key) => !keys.includes(key)),
      [],
    );
  });

  it("has a section for every key of a roles file", () => {
    const found = headings(pages.get("permissions/roles.md") ?? "");
    assert.deepEqual(found.toSorted(), keysOf(ROLES_SCHEMA, ROLES_SCHEMA).toSorted());
  });

  it("shows YAML that is right", () => {
    let count = 0;
    for (const [page, text] of pages) {
      for (const [, yaml = ""] of text.matchAll(/^```yaml\n(.*?)^```$/gms)) {
        count++;
        const whole = /^version:/m.test(yaml) ? yaml : `version: 1\n${yaml}`;
        if (/^roles:/m.test(whole)) parseRoles(whole, page);
        // What it extends is another file than this one.
        else parsePolicy(whole.replace(/^extends: .*$/m, ""), page);
      }
    }
    assert.ok(count >= 12, `${count}`);
  });

  it("names every program type and effect", () => {
    const programs = pages.get("permissions/programs.md") ?? "";
    for (const { name } of PROGRAM_TYPES) assert.ok(programs.includes(`\`${name}\``), name);
    const enforcement = pages.get("permissions/enforcement.md") ?? "";
    for (const effect of EFFECTS) assert.match(enforcement, new RegExp(`^\\| \`${effect}\` `, "m"));
    for (const { name, effects } of PROGRAM_TYPES) {
      for (const effect of effects) {
        const [row = ""] = new RegExp(`^\\| \`${effect}\` .*$`, "m").exec(enforcement) ?? [];
        const shown = name.startsWith("lwt_") ? "lwt_*" : name;
        assert.ok(row.includes(`\`${shown}\``), `${effect} of ${name}`);
      }
    }
  });

  it("shows flags that are taken", () => {
    for (const text of ["tracepoint=sched/*", "kprobe", "xdp/native=eth0", "lsm.s=file_open"]) {
      assert.ok(pages.get("policy.md")?.includes(`\`${text}\``), text);
      grantOfFlag(text);
    }
  });
});
