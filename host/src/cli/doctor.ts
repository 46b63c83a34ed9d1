import type { Command } from "commander";
import { ExitCode } from "./report.js";

const EXAMPLES = `
Examples:
  sudo wbpf doctor                     what this kernel can do, and what to do about what it cannot
  sudo wbpf doctor bootstrap.wasm      whether this module will run here, and why not
  sudo wbpf doctor --json | jq '.attachKinds[] | select(.answer.state == "no")'

Everything is tried rather than guessed, and undone at once. Exit code 1: the module will not run here.`;

/** Adds `wbpf doctor`. */
export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("show what this kernel can do, or whether a module will run on it")
    .argument("[module]", "a .wasm module")
    .option("--json", "print JSON for programs instead of text for people")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string | undefined, flags: { json?: boolean }) => {
      const { formatReport, formatVerdict } = await import("../doctor/format.js");
      const print = (value: object, text: string) =>
        process.stdout.write(flags.json ? `${JSON.stringify(value, null, 2)}\n` : text);
      if (file === undefined) {
        const { examine } = await import("../doctor/report.js");
        const report = examine();
        print(report, formatReport(report));
        return;
      }
      const { examineModule } = await import("../doctor/module.js");
      const verdict = await examineModule(file);
      print(verdict, formatVerdict(verdict));
      if (verdict.runs !== "yes") process.exitCode = ExitCode.failure;
    });
}
