/**
 * `npm run coverage:libbpf`: says how much of libbpf a module has, and fails on a function that is neither covered nor excused. `-- --write` writes
 * docs/libbpf-coverage.md.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/wbpf.js";
import { check } from "./check.js";
import { COVERAGE, VERSION } from "./coverage.js";
import { installedLibbpf } from "./libbpf.js";
import { page } from "./page.js";
import { sdkExports } from "./sdk.js";

const installed = installedLibbpf();
// The list of another version says nothing about this table.
const same = installed?.version === VERSION;
const functions = same ? installed.functions : Object.keys(COVERAGE);
if (!same) {
  const found = installed === undefined ? "none is installed" : `${installed.file} is another one`;
  process.stderr.write(
    `The list of functions is the table's own, for libbpf ${VERSION}: ${found}.\n`,
  );
}
const { covered, excused, problems } = check(COVERAGE, functions, sdkExports());
const summary = `covered ${covered} of ${functions.length}, excused ${excused}`;
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.stdout.write(`${summary}\n`);
if (process.argv.includes("--write")) {
  writeFileSync(join(root, "docs/libbpf-coverage.md"), page(COVERAGE, VERSION, summary));
}
if (problems.length > 0) process.exitCode = 1;
