/** `npm test`: prepares the clone and runs every test. Arguments after `--` go to mocha: `npm test -- --grep ring`, `npm test -- test/ring/*.test.ts`. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { explain, root, setUp } from "./setup.mjs";

const EVERYTHING = ["host", "codegen", "templates", "sdk", "test"].map(
  (room) => `${room}/**/*.test.ts`,
);

await explain(async () => {
  await setUp({ tests: true, command: "npm test" });
  const own = process.argv.slice(2);
  const args = own.some((arg) => arg.endsWith(".ts"))
    ? own
    : [...own, "--ignore", "**/node_modules/**", ...EVERYTHING];
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
