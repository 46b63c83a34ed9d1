import type { Command } from "commander";
import type { CommandContext } from "./index.js";
import { collect, collectEvents } from "./values.js";

interface BuildFlags {
  readonly debug?: boolean;
  readonly portable?: boolean;
  readonly shared?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  /** Commander's name for `--no-allocation`. */
  readonly allocation: boolean;
  readonly type: string[];
  readonly event: Record<string, string>;
  readonly cflag: string[];
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  wbpf build                        the folder that you are in
  wbpf build examples/bootstrap     another one: examples/bootstrap/build/bootstrap.wasm
  wbpf build --debug                with names and a source map, so that a trap tells file and line
  wbpf build -o /tmp/tool.wasm      somewhere else
  wbpf build --event rb=event       the records of map rb are struct event

The folder holds main.ts and NAME.bpf.c, one or more. What has not changed is not built again.`;

/** Adds `wbpf build`. */
export function registerBuild(program: Command, context: CommandContext): void {
  program
    .command("build")
    .description("compile a tool into one .wasm: clang, bindings, AssemblyScript")
    .argument("[folder]", "the tool's folder", ".")
    .option("-g, --debug", "not optimised, with names and a source map")
    .option("-p, --portable", "for wasm-bpf and WasmEdge as well: build/NAME.portable.wasm")
    .option("--shared", "can share a thread with other modules: suspended where it waits")
    .option("-o, --output <file>", "where the module goes (default: build/NAME.wasm in the folder)")
    .option("-f, --force", "build everything, also what has not changed")
    .option("--no-allocation", "fail if the handling of a record makes objects")
    .option("-t, --type <name>", "emit this type too; may be given several times", collect, [])
    .option(
      "--event <map=type>",
      "the records of a ring buffer are of this type; several times",
      collectEvents,
      {},
    )
    .option(
      "--cflag <argument>",
      "one more argument for clang, such as --cflag=-DDEBUG; several times",
      collect,
      [],
    )
    .option("-q, --quiet", "print diagnostics only")
    .addHelpText("after", EXAMPLES)
    .action(async (folder: string, flags: BuildFlags) => {
      const { build } = await import("../build/index.js");
      await build(folder, {
        ...(flags.debug === undefined ? {} : { debug: flags.debug }),
        ...(flags.portable === undefined ? {} : { portable: flags.portable }),
        ...(flags.shared === undefined ? {} : { shared: flags.shared }),
        ...(flags.output === undefined ? {} : { output: flags.output }),
        ...(flags.force === undefined ? {} : { force: flags.force }),
        noAllocation: !flags.allocation,
        types: flags.type,
        events: flags.event,
        clangArguments: flags.cflag,
        vmlinuxHeader: () => context.vmlinuxHeader(),
        ...(context.findPermissions !== undefined && { findPermissions: context.findPermissions }),
        ...(flags.quiet ? {} : { onProgress: (line: string) => process.stdout.write(`${line}\n`) }),
      });
    });
}
