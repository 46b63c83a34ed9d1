import { readFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { shown, writeIfChanged } from "../build/files.js";
import { CodegenError } from "../errors.js";
import { collect, collectEvents } from "./values.js";

interface GenFlags {
  readonly output?: string;
  readonly type: string[];
  readonly event: Record<string, string>;
  readonly name?: string;
}

const EXAMPLES = `
Examples:
  wbpf gen build/bootstrap.bpf.o                   to stdout
  wbpf gen build/bootstrap.bpf.o -o bootstrap.bpf.ts
  wbpf gen /sys/kernel/btf/vmlinux --type task_struct --type 'union bpf_attr' -o kernel.ts`;

/** Adds `wbpf gen`. */
export function registerGen(program: Command): void {
  program
    .command("gen")
    .description("write the bindings of a BPF object, or of types of a BTF file")
    .argument("<file>", "a .bpf.o, or raw BTF such as /sys/kernel/btf/vmlinux")
    .option("-o, --output <file>", "where they go (default: stdout)")
    .option("-t, --type <name>", "emit this type too; may be given several times", collect, [])
    .option(
      "--event <map=type>",
      "the records of a ring buffer are of this type; several times",
      collectEvents,
      {},
    )
    .option("--name <name>", "name of the skeleton (default: the file's name)")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: GenFlags) => {
      const text = await generate(file, flags);
      if (flags.output === undefined) process.stdout.write(text);
      else writeIfChanged(path.resolve(flags.output), text);
    });
}

/** The text of `wbpf gen`. Warnings go to stderr. */
async function generate(file: string, flags: GenFlags): Promise<string> {
  const bytes = readInput(file);
  const { generateBindings, generateTypes } = await import("../emit/index.js");
  if (isElf(bytes)) {
    const object = path.basename(file);
    const name = flags.name ?? object.replace(/(\.bpf)?\.[^.]*$/, "");
    const { text, warnings } = generateBindings(bytes, {
      name,
      object,
      types: flags.type,
      events: flags.event,
    });
    for (const warning of warnings) process.stderr.write(`${shown(file)}: warning: ${warning}\n`);
    return text;
  }
  if (flags.type.length === 0) {
    throw new CodegenError(
      "NO_TYPE",
      `${file} is raw BTF: say which of its types you want, with --type NAME`,
    );
  }
  return generateTypes(bytes, { types: flags.type, source: file });
}

function readInput(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === "ENOENT"
        ? "it is not there"
        : (cause as Error).message;
    throw new CodegenError("CANNOT_READ", `${file} cannot be read: ${why}`, { cause });
  }
}

function isElf(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 4 &&
    bytes[0] === 0x7f &&
    bytes[1] === 0x45 &&
    bytes[2] === 0x4c &&
    bytes[3] === 0x46
  );
}
