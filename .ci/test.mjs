/**
 * `npm test`: prepares the clone and runs every test. Arguments after `--` go to mocha: `npm test -- --grep ring`, `npm test -- test/ring` (a folder: all tests
 * below it), `npm test -- test/ring/ring.test.ts`.
 */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { explain, root, setUp } from "./setup.mjs";

const EVERYTHING = ["host", "codegen", "templates", "sdk", "test"].map(
  (room) => `${room}/**/*.test.ts`,
);

const isFolder = (arg) => statSync(join(root, arg), { throwIfNoEntry: false })?.isDirectory();

await explain(async () => {
  await setUp({ tests: true, command: "npm test" });
  const own = process.argv
    .slice(2)
    .map((arg) => (isFolder(arg) ? `${arg.replace(/\/+$/, "")}/**/*.test.ts` : arg));
  const named = own.some((arg) => arg.endsWith(".ts"));
  const args = [...own, "--ignore", "**/node_modules/**", ...(named ? [] : EVERYTHING)];
  const mocha = spawnSync(
    process.execPath,
    [join(root, "node_modules/mocha/bin/mocha.js"), ...args],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  process.exitCode = mocha.status ?? 1;
});
