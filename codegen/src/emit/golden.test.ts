import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generateHostBindings } from "../emit-host/index.js";
import { generateBindings } from "./index.js";

const FOLDER = "codegen/golden";
const read = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../golden/${name}`, import.meta.url)));

describe("bindings that are committed", () => {
  for (const [target, file, generate] of [
    ["module", "golden.bpf.ts", generateBindings],
    ["host", "golden.host.ts", generateHostBindings],
  ] as const) {
    it(`are what is generated now, for the ${target}`, () => {
      const { text, warnings } = generate(read("golden.bpf.o"), {
        name: "golden",
        object: "golden.bpf.o",
      });
      assert.deepEqual(warnings, []);
      const committed = read(file).toString("utf8").split("\n");
      const lines = text.split("\n");
      const at = lines.findIndex((line, index) => line !== committed[index]);
      if (at < 0 && lines.length === committed.length) return;
      const first = at < 0 ? lines.length : at;
      assert.fail(
        `${file} differs from line ${first + 1} on: ${JSON.stringify(committed[first])} is committed, ${JSON.stringify(lines[first])} is generated. If that is meant: node host/dist/bundle/wbpf.js gen --target ${target} ${FOLDER}/golden.bpf.o -o ${FOLDER}/${file}`,
      );
    });
  }
});
