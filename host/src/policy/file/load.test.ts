import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { temporaryFolder } from "../../testing/built.js";
import { loadPolicy } from "./load.js";
import { PolicyError } from "./problem.js";

async function refused(file: string): Promise<PolicyError> {
  const error = await loadPolicy(file).catch((error: unknown) => error);
  assert(error instanceof PolicyError, String(error));
  assert.doesNotMatch(error.message, /\n/);
  return error;
}

describe("loadPolicy", () => {
  const { put, path } = temporaryFolder();

  it("adds grants, takes the lower bound and names the file of each", async () => {
    const base = put(
      "base.yaml",
      `version: 1
mode: audit
programs: { allow: [{ type: tracepoint, targets: [sched/*] }], max: 9, helpers: { allow: [bpf_map_*], deny: [bpf_x] } }
maps: { types: [hash], maxBytes: 1Mi }
host: { stdout: true }
limits: { memory: 16Mi, handles: 5 }`,
    );
    const top = put(
      "top.yaml",
      `version: 1
extends: base.yaml
programs: { allow: [{ type: xdp, targets: [eth0] }], max: 3, helpers: { deny: [bpf_y] } }
maps: { types: [array], maxBytes: 8Mi }
host: { clock: true }
limits: { memory: 32Mi, callback: 1s }`,
    );
    const { permissions, limits, mode, name } = await loadPolicy(top);
    assert.deepEqual([name, mode], [top, "enforce"]);
    assert.deepEqual(
      permissions.programs.map(({ origin }) => origin),
      [`${top}:3 programs.allow[0]`, `${base}:3 programs.allow[0]`],
    );
    assert.deepEqual(permissions.maxPrograms, { value: 3, origin: `${top}:3 programs.max` });
    assert.deepEqual(permissions.maxMapBytes, {
      value: 2 ** 20,
      origin: `${base}:4 maps.maxBytes`,
    });
    assert.deepEqual(
      permissions.mapTypes.map(({ value }) => value),
      ["array", "hash"],
    );
    // A list that only one of them has is not widened by the other's silence.
    assert.deepEqual(
      permissions.helpers?.map(({ value }) => value),
      ["bpf_map_*"],
    );
    assert.deepEqual(
      permissions.deniedHelpers.map(({ value }) => value),
      ["bpf_y", "bpf_x"],
    );
    assert.deepEqual([...permissions.switches.keys()].sort(), ["clock", "stdout"]);
    assert.deepEqual(
      [limits.memory?.value, limits.handles?.value, limits.callbackMs?.value],
      [2 ** 24, 5, 1000],
    );
  });

  it("takes a URL, and a BOM", async () => {
    const file = put("bom.yaml", "\ufeffversion: 1\nhost: { stdout: true }");
    assert.equal((await loadPolicy(pathToFileURL(file))).permissions.switches.size, 1);
  });

  it("refuses what it cannot read or follow, in one sentence", async () => {
    const cases: [file: string, code: string, message: RegExp][] = [
      [
        path("none.yaml"),
        "POLICY_UNREADABLE",
        /none\.yaml: cannot be read: there is no such file$/,
      ],
      [path("."), "POLICY_UNREADABLE", /it is a directory, a file was expected$/],
      ["/dev/zero", "POLICY_INVALID", /^\/dev\/zero: it is larger than 256 KiB$/],
      [
        put("bytes.yaml", Buffer.from("version: 1\nname: \xff\n", "latin1")),
        "POLICY_INVALID",
        /bytes\.yaml:2:1: it is not UTF-8$/,
      ],
      [put("huge.yaml", "#".repeat(300_000)), "POLICY_INVALID", /larger than 256 KiB$/],
      [
        put("self.yaml", "version: 1\nextends: ./self.yaml"),
        "POLICY_INVALID",
        /self\.yaml:2:10: extends: it extends itself$/,
      ],
      [
        put("orphan.yaml", "version: 1\nextends: gone.yaml"),
        "POLICY_UNREADABLE",
        /orphan\.yaml:2:10: extends: 'gone\.yaml' cannot be read: there is no such file$/,
      ],
    ];
    put("two.yaml", "version: 1\nextends: self.yaml");
    cases.push([
      path("two.yaml"),
      "POLICY_INVALID",
      /two\.yaml:2:10: extends: 'self\.yaml' extends '\.\/self\.yaml' itself; one level is taken/,
    ]);
    mkdirSync(path("sub"));
    put("sub/broken.yaml", "version: 1\nnam: x");
    put("above.yaml", "version: 1\nextends: sub/broken.yaml");
    cases.push([path("above.yaml"), "POLICY_INVALID", /sub\/broken\.yaml:2:1: nam: /]);
    for (const [file, code, message] of cases) {
      const error = await refused(file);
      assert.match(error.message, message);
      assert.equal(error.code, code);
    }
  });
});
