/**
 * The command `wbpf`. What `run` does not need is imported only by the commands that do: a tool should be up at once.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { registerDoctor } from "./doctor.js";
import { registerInspect } from "./inspect.js";
import { registerPolicy } from "./policy.js";
import { ExitCode, reportFailure } from "./report.js";
import { registerRun } from "./run.js";
import { registerSign } from "./sign.js";
import { registerVmlinux } from "./vmlinux.js";

const EXAMPLES = `
Examples:
  wbpf build examples/bootstrap        compile a tool into one .wasm
  sudo wbpf run bootstrap.wasm         run it on the kernel
  wbpf inspect bootstrap.wasm          see what it carries and imports
  sudo wbpf doctor bootstrap.wasm      see whether it will run here, and why not
  wbpf policy check tool.policy.yaml   see whether a policy is right
  wbpf vmlinux -o vmlinux.h            the kernel's types for its C side

wbpf COMMAND --help tells more. WBPF_DEBUG=1 adds stack traces to failures.`;

/** Commands that work without the codegen, which takes a while to load. */
const OWN_COMMANDS: readonly (string | undefined)[] = [
  "run",
  "inspect",
  "vmlinux",
  "doctor",
  "policy",
  "sign",
  "verify",
];

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("wbpf")
    .description("Build, look at and run eBPF tools whose control plane is TypeScript")
    .version(version(), "-V, --version")
    .enablePositionalOptions()
    .showHelpAfterError("(wbpf --help shows how)")
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, "wbpf: ")),
    })
    .exitOverride()
    .addHelpText("after", EXAMPLES);
  registerRun(program);
  registerInspect(program);
  registerVmlinux(program);
  registerDoctor(program);
  registerPolicy(program);
  registerSign(program);
  if (!OWN_COMMANDS.includes(argv[2])) {
    const { registerCodegen } = await import("./codegen.js");
    await registerCodegen(program);
  }
  await program.parseAsync(argv);
}

// A reader such as `head` that goes away ends the output, not in an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

try {
  await main(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? ExitCode.success : ExitCode.usage;
  } else {
    reportFailure(error);
  }
}
