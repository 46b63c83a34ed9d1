import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compile, findClang } from "../../build/clang.js";
import { INCLUDE } from "../../build/version.js";
import { vmlinuxFolder } from "../../build/vmlinux.js";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const EXAMPLES = path.join(ROOT, "examples");

/** An example of this repository: its C compiled, its main.ts as it stands. */
export interface Example {
  readonly name: string;
  readonly object: Buffer;
  readonly main: string;
}

/** Compiles the C of every example as a build does. It needs the running kernel's BTF. */
export async function compileExamples(): Promise<Example[]> {
  const names = readdirSync(EXAMPLES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map(({ name }) => name)
    .filter((name) => readdirSync(path.join(EXAMPLES, name)).includes(`${name}.bpf.c`));
  return Promise.all(names.map(compileExample));
}

async function compileExample(name: string): Promise<Example> {
  const folder = path.join(EXAMPLES, name);
  const scratch = mkdtempSync(path.join(tmpdir(), "wbpf-example-"));
  try {
    const command = path.join(ROOT, "host/dist/cli/main.js");
    const vmlinux = await vmlinuxFolder(folder, async () =>
      execFileSync(process.execPath, [command, "vmlinux"], {
        encoding: "utf8",
        maxBuffer: 1 << 26,
      }),
    );
    const output = path.join(scratch, `${name}.bpf.o`);
    await compile(
      {
        clang: findClang(),
        source: path.join(folder, `${name}.bpf.c`),
        output,
        dependencies: `${output}.d`,
        includes: [folder, INCLUDE, vmlinux],
        extra: [],
        cwd: folder,
      },
      (text) => {
        throw new Error(text);
      },
    );
    return {
      name,
      object: readFileSync(output),
      main: readFileSync(path.join(folder, "main.ts"), "utf8"),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
