import type { Command } from "commander";

const EXAMPLES = `
Examples:
  wbpf inspect bootstrap.wasm           what the module imports and carries
  wbpf inspect bootstrap.bpf.o          programs and maps of a compiled BPF object
  wbpf inspect --json x.wasm | jq .objects[].programs[].section

It reads the file only: no root, nothing is loaded into the kernel.`;

/** Adds `wbpf inspect`. */
export function registerInspect(program: Command): void {
  program
    .command("inspect")
    .description("show what is in a module or in a BPF object")
    .argument("<file>", "a .wasm module or a .bpf.o object")
    .option("--json", "print JSON for programs instead of text for people")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: { json?: boolean }) => {
      const { inspectFile } = await import("../inspect/inspect.js");
      const found = await inspectFile(file);
      if (flags.json) {
        process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
        return;
      }
      const { formatInspection } = await import("../inspect/format.js");
      process.stdout.write(formatInspection(found));
    });
}
