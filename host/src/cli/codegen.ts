import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import { HostError, messageOf } from "../errors.js";
import type { BuiltModule } from "../policy/generate/manifest.js";

/** What `@wbpf/codegen/cli` exports. The host does not depend on that package: a deployed tool runs without it. */
interface CodegenCli {
  register(program: Command, context: CodegenContext): void;
}

/** What the host lends to the commands of the codegen. */
export interface CodegenContext {
  /** The text of vmlinux.h for the running kernel. */
  vmlinuxHeader(): Promise<string>;
  /** What a module asks for: its manifest. */
  findPermissions(module: BuiltModule): Promise<object | undefined>;
}

/** The commands that the codegen brings, for a host that stands alone. */
const COMMANDS: readonly (readonly [name: string, description: string])[] = [
  ["build", "compile a tool's folder into one .wasm"],
  ["gen", "generate typed bindings from a BPF object"],
  ["layout", "print the memory layout of types"],
];

const PACKAGE = "@wbpf/codegen";

/** Adds `wbpf build`, `gen` and `layout`: the real ones if the codegen is installed, otherwise such as say how to install it. */
export async function registerCodegen(program: Command): Promise<void> {
  const codegen = await loadCodegen();
  if (codegen === undefined) {
    registerPlaceholders(program);
    return;
  }
  codegen.register(program, {
    vmlinuxHeader: async () => {
      const { vmlinuxHeader } = await import("../backend/kernel/vmlinux.js");
      return vmlinuxHeader();
    },
    findPermissions: async (module) => {
      const { findPermissions } = await import("../policy/generate/manifest.js");
      return findPermissions(module);
    },
  });
}

/** Adds their names only, for `--help`. */
export function registerPlaceholders(program: Command): void {
  for (const [name, description] of COMMANDS) {
    program
      .command(name)
      .description(description)
      .argument("[args...]")
      .allowUnknownOption()
      .helpOption(false)
      .action(() => {
        throw new HostError(`wbpf ${name} needs ${PACKAGE}: npm install --save-dev ${PACKAGE}`);
      });
  }
}

/** Looks beside the host first, then in the folder where the command was given: a host installed for all users serves each project's codegen. */
async function loadCodegen(): Promise<CodegenCli | undefined> {
  const specifier = `${PACKAGE}/cli`;
  try {
    return (await import(specifier)) as CodegenCli;
  } catch (error) {
    if (!isMissing(error)) throw broken(error);
  }
  let path: string;
  try {
    path = createRequire(`${process.cwd()}/package.json`).resolve(specifier);
  } catch {
    return undefined;
  }
  try {
    return (await import(pathToFileURL(path).href)) as CodegenCli;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw broken(error);
  }
}

/** Whether the package itself is not there, and not something that it needs. */
function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (
    (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_PACKAGE_PATH_NOT_EXPORTED") &&
    /codegen['/](?:dist\/cli\/index\.js)?/.test(messageOf(error).split(" imported from ")[0] ?? "")
  );
}

const broken = (cause: unknown) =>
  new HostError(`${PACKAGE} cannot be loaded: ${messageOf(cause)}`, { cause });
