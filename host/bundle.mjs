/**
 * Joins what `tsc` made of the host into a few files for each thing that is started, dist/bundle, which is what users run: Node looks up and compiles 170 files one
 * by one, and a tool should be up at once. Packages stay packages. Does nothing when no file is newer.
 */
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const dist = fileURLToPath(new URL("dist", import.meta.url));
const output = join(dist, "bundle");
/** What users import, and all commands. Each stands where the code looks for it: beside the file that starts it. */
const SHARING = ["index.js", "probe/attach-child.js", "cli/main.js"];
/** What `wbpf run` starts with: one file each, because finding and reading a file takes longer than compiling what is in it. */
const WHOLE = [
  "cli/wbpf.js",
  "runtime/thread.js",
  "cli/run-only.js",
  "runtime/worker.js",
  "runtime/shared/shared-worker.js",
];

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

/** Imports of these are left as they are: they are files of their own, and two of them share the state of one of them. */
const apart = {
  name: "apart",
  setup({ onResolve }) {
    const files = ["cli/main.js", "cli/run-only.js", "runtime/thread.js"].map((file) =>
      join(dist, file),
    );
    onResolve({ filter: /^\.{1,2}\// }, ({ kind, path, resolveDir }) => {
      const file = join(resolveDir, path);
      if (kind === "entry-point" || !files.includes(file)) return undefined;
      return { path: `./${basename(file)}`, external: true };
    });
  },
};

/** Packages are read by `require` when the code that wants them first runs: an import would read all of them at the beginning. */
const lazyPackages = {
  name: "lazy-packages",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ kind, path, namespace }) => {
      if (kind === "entry-point" || path === INCLUDED) return undefined;
      if (kind !== "import-statement" || isBuiltin(path)) return { path, external: true };
      return namespace === "package" ? { path, external: true } : { path, namespace: "package" };
    });
    onLoad({ filter: /./, namespace: "package" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};
/** The package that every run wants: its files are in the bundle, with its licence. */
const INCLUDED = "commander";
const licence = readFileSync(new URL("../node_modules/commander/LICENSE", import.meta.url), "utf8");
const LICENCE = `/*! ${INCLUDED}\n${licence}*/`;
const REQUIRE = `import { createRequire as bundleRequire } from "node:module";
const require = bundleRequire(import.meta.url);`;

const common = {
  outdir: output,
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  logLevel: "warning",
};

if (newest(dist, output) > made()) {
  rmSync(output, { recursive: true, force: true });
  // What is imported only when it is needed stays apart, with the packages that only it needs.
  for (const entry of SHARING)
    await build({
      ...common,
      entryPoints: [join(dist, entry)],
      splitting: true,
      packages: "external",
    });
  for (const entry of WHOLE)
    await build({
      ...common,
      entryPoints: [join(dist, entry)],
      plugins: [apart, lazyPackages],
      banner: {
        js:
          {
            "cli/run-only.js": `${LICENCE}\n${REQUIRE}`,
            "runtime/worker.js": REQUIRE,
            "runtime/shared/shared-worker.js": REQUIRE,
          }[entry] ?? "",
      },
    });
}
