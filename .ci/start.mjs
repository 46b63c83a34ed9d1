/** `npm start`: prepares the clone, builds examples/bootstrap and runs it on the live kernel. Arguments after `--` go to the tool. */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { explain, root, setUp } from "./setup.mjs";

await explain(async () => {
  await setUp({ needsRoot: true, command: "npm start" });
  const wbpf = join(root, "host/dist/bundle/wbpf.js");
  const example = join(root, "examples/bootstrap");
  const built = spawnSync(process.execPath, [wbpf, "build", example], { stdio: ["ignore", 2, 2] });
  if (built.status !== 0) {
    process.exitCode = built.status ?? 1;
    return;
  }
  const tool = spawn(
    process.execPath,
    [
      wbpf,
      ...["run", "--policy", join(example, "bootstrap.policy.yaml")],
      ...[join(example, "build/bootstrap.wasm"), ...process.argv.slice(2)],
    ],
    {
      stdio: "inherit",
    },
  );
  // Ctrl-C reaches the tool by itself, being in the same process group; this process only waits for its exit code.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => tool.kill("SIGTERM"));
  tool.on("exit", (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1);
  });
});
