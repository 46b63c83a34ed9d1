import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../../..", import.meta.url));

/** Runs asc outside this process: the loader that gives tests their TypeScript takes ten seconds for the compiler's own code. */
const COMPILER = `
import { pathToFileURL } from "node:url";
const { default: asc } = await import(pathToFileURL(process.argv[1]).href);
const stderr = asc.createMemoryStream();
const { error } = await asc.main(JSON.parse(process.argv[2]), { stderr });
process.stdout.write(JSON.stringify({ failed: error !== null, text: stderr.toString() }));
`;

/** What asc made of some files. */
export interface Compiled {
  readonly wasm: Buffer;
  /** Warnings, as asc prints them; empty if there are none. */
  readonly warnings: string;
}

/**
 * Compiles \`main.ts\` of some files, with the SDK of this repository.
 *
 * @throws Error with asc's output if it refuses them
 */
export function compileAssemblyScript(
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Compiled {
  const folder = mkdtempSync(path.join(tmpdir(), "wbpf-asc-"));
  try {
    mkdirSync(path.join(folder, "node_modules", "@wbpf"), { recursive: true });
    symlinkSync(path.join(REPOSITORY, "sdk"), path.join(folder, "node_modules", "@wbpf", "sdk"));
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    writeFileSync(
      path.join(folder, "entry.ts"),
      'export * from "./main";\nimport "@wbpf/sdk/assembly/start";\n',
    );
    const options = [
      "entry.ts",
      ...["--baseDir", folder, "--outFile", "main.wasm", "--runtime", "incremental", "--noColors"],
      ...["--use", "abort=~lib/@wbpf/sdk/assembly/start/onAbort", ...args],
    ];
    const compiler = path.join(REPOSITORY, "node_modules/assemblyscript/dist/asc.js");
    const output = execFileSync(
      process.execPath,
      ["--input-type=module", "-e", COMPILER, compiler, JSON.stringify(options)],
      { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 },
    );
    const { failed, text } = JSON.parse(output) as { failed: boolean; text: string };
    if (failed) throw new Error(`asc refuses it:\n${text}`);
    return { wasm: readFileSync(path.join(folder, "main.wasm")), warnings: text.trim() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A module's exports, with every import answered by nothing: for code that only computes. */
export function instantiate(wasm: Uint8Array): WebAssembly.Exports {
  const module = new WebAssembly.Module(wasm);
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const set = imports[from] ?? {};
    set[name] = () => 0;
    imports[from] = set;
  }
  return new WebAssembly.Instance(module, imports).exports;
}
