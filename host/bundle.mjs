/**
 * Joins what `tsc` made of the host into a few files for each thing that is started, dist/bundle, which is what users run: Node looks up and compiles 170 files one
 * by one, and a tool should be up at once. Packages stay packages. Does nothing when no file is newer.
 */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const dist = fileURLToPath(new URL("dist", import.meta.url));
const output = join(dist, "bundle");
/** Each stands where the code looks for it: beside the file that starts it. */
const ENTRIES = ["index.js", "runtime/worker.js", "probe/attach-child.js", "cli/wbpf.js"];

const newest = (folder, skipped) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.name.endsWith(".js") && !entry.parentPath.startsWith(skipped))
    .reduce((time, entry) => {
      return Math.max(time, statSync(join(entry.parentPath, entry.name)).mtimeMs);
    }, 0);

function made() {
  try {
    return statSync(join(output, "wbpf.js")).mtimeMs;
  } catch {
    return 0;
  }
}

if (newest(dist, output) > made()) {
  rmSync(output, { recursive: true, force: true });
  for (const entry of ENTRIES) {
    await build({
      entryPoints: [join(dist, entry)],
      outdir: output,
      entryNames: "[name]",
      chunkNames: "[name]-[hash]",
      bundle: true,
      // What is imported only when it is needed stays apart, with the packages that only it needs.
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20.19",
      packages: "external",
      logLevel: "warning",
    });
  }
}
