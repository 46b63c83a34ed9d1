import type { Command } from "commander";
import { UsageError } from "../errors.js";
import type { Inspection } from "../inspect/inspect.js";
import { ExitCode } from "./report.js";

const EXAMPLES = `
Examples:
  wbpf inspect bootstrap.wasm           what the module imports and carries
  wbpf inspect bootstrap.bpf.o          programs and maps of a compiled BPF object
  wbpf inspect --portable x.wasm        whether it runs on wasm-bpf and WasmEdge, and why not
  wbpf inspect --json x.wasm | jq .objects[].programs[].section

It reads the file only: no root, nothing is loaded into the kernel.`;

async function printPortability(found: Inspection, json: boolean): Promise<void> {
  const { checkInspection, formatPortability } = await import("../portable/index.js");
  if (found.kind !== "module") {
    throw new UsageError(`${found.file} is a BPF object; --portable is about modules (.wasm)`);
  }
  const problems = checkInspection(found);
  process.stdout.write(
    json ? `${JSON.stringify(problems, null, 2)}\n` : formatPortability(found.file, problems),
  );
  if (problems.length > 0) process.exitCode = ExitCode.failure;
}

/** Adds `wbpf inspect`. */
export function registerInspect(program: Command): void {
  program
    .command("inspect")
    .description("show what is in a module or in a BPF object")
    .argument("<file>", "a .wasm module or a .bpf.o object")
    .option("--portable", "list why a module could not run on other hosts; exit code 1 if any")
    .option("--json", "print JSON for programs instead of text for people")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: { json?: boolean; portable?: boolean }) => {
      const { inspectFile } = await import("../inspect/inspect.js");
      const found = await inspectFile(file);
      if (flags.portable) {
        await printPortability(found, flags.json ?? false);
        return;
      }
      if (flags.json) {
        process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
        return;
      }
      const { formatInspection } = await import("../inspect/format.js");
      process.stdout.write(formatInspection(found));
    });
}
