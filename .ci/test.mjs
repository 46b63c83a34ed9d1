/** `npm test`: prepares the clone and runs every test. Arguments after `--` go to mocha. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { explain, root, setUp } from "./setup.mjs";

await explain(async () => {
  await setUp({ tests: true, command: "npm test" });
  const mocha = spawnSync(
    process.execPath,
    [join(root, "node_modules/mocha/bin/mocha.js"), ...process.argv.slice(2)],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  process.exitCode = mocha.status ?? 1;
});
