/**
 * The command line, whichever commands it has.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { ExitCode, reportFailure } from "./report.js";

const EXAMPLES = `
Examples:
  wbpf build examples/bootstrap        compile a tool into one .wasm
  sudo wbpf run bootstrap.wasm         run it on the kernel
  wbpf inspect bootstrap.wasm          see what it carries and imports
  sudo wbpf doctor bootstrap.wasm      see whether it will run here, and why not
  wbpf policy check tool.policy.yaml   see whether a policy is right
  wbpf vmlinux -o vmlinux.h            the kernel's types for its C side

wbpf COMMAND --help tells more. WBPF_DEBUG=1 adds stack traces to failures.`;

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

async function parse(register: (program: Command) => void | Promise<void>): Promise<void> {
  const program = new Command("wbpf")
    .description("Build, look at and run eBPF tools whose control plane is TypeScript")
    .version(version(), "-V, --version")
    .enablePositionalOptions()
    .showHelpAfterError("(wbpf --help shows how)")
    .configureOutput({
      writeOut: (text) => {
        endWithReader();
        process.stdout.write(text);
      },
      outputError: (text, write) => write(text.replace(/^error: /, "wbpf: ")),
    })
    .exitOverride()
    .addHelpText("after", EXAMPLES);
  await register(program);
  await program.parseAsync(process.argv);
}

let watched = false;

/** A reader such as `head` that goes away ends the output, not in an error. What prints to stdout calls it first; to have a stdout at all takes a while. */
export function endWithReader(): void {
  if (watched) return;
  watched = true;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
}

/**
 * Does what this process's arguments say, and sets its exit code.
 * @param register adds the commands
 */
export async function runCommand(
  register: (program: Command) => void | Promise<void>,
): Promise<void> {
  try {
    await parse(register);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? ExitCode.success : ExitCode.usage;
    } else {
      reportFailure(error);
    }
  }
}
