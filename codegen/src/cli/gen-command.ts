import { readFileSync } from "node:fs";
import path from "node:path";
import { type Command, Option } from "commander";
import { Btf } from "../btf/btf.js";
import { shown, writeIfChanged } from "../build/files.js";
import { Elf } from "../elf/elf.js";
import { CodegenError, inFile } from "../errors.js";
import { collect, collectEvents } from "./values.js";

interface GenFlags {
  readonly output?: string;
  readonly type: string[];
  readonly event: Record<string, string>;
  readonly name?: string;
  readonly target: Target;
}

/** Who uses the bindings: the tool's module, or a program on the host. */
type Target = (typeof TARGETS)[number];
const TARGETS = ["module", "host"] as const;

const EXAMPLES = `
Examples:
  wbpf gen build/bootstrap.bpf.o                   to stdout
  wbpf gen build/bootstrap.bpf.o -o bootstrap.bpf.ts
  wbpf gen /sys/kernel/btf/vmlinux --type task_struct --type 'union bpf_attr' -o kernel.ts
  wbpf gen --target host build/bootstrap.bpf.o -o agent/bootstrap.ts`;

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
    .addOption(
      new Option(
        "--target <target>",
        "module: AssemblyScript for the tool; host: TypeScript for a program in Node",
      )
        .choices(TARGETS)
        .default("module"),
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
  const { objectBindings, typeBindings } = await generators(flags.target);
  if (Elf.is(bytes)) {
    const object = path.basename(file);
    const name = flags.name ?? object.replace(/(\.bpf)?\.[^.]*$/, "");
    const { type: types, event: events } = flags;
    const { text, warnings } = inFile(shown(path.resolve(file)), () =>
      objectBindings(bytes, { name, object, types, events }),
    );
    for (const warning of warnings) process.stderr.write(`${shown(file)}: warning: ${warning}\n`);
    return text;
  }
  if (flags.type.length === 0) {
    // Of a file that is no BTF either, that is what has to be said.
    inFile(file, () => Btf.parse(bytes));
    throw new CodegenError(
      "NO_TYPE",
      `${file} is raw BTF: say which of its types you want, with --type NAME`,
    );
  }
  return typeBindings(bytes, { types: flags.type, source: file });
}

/** Only what the target needs is loaded. */
async function generators(target: Target) {
  if (target === "host") {
    const { generateHostBindings, generateHostTypes } = await import("../emit-host/index.js");
    return { objectBindings: generateHostBindings, typeBindings: generateHostTypes };
  }
  const { generateBindings, generateTypes } = await import("../emit/index.js");
  return { objectBindings: generateBindings, typeBindings: generateTypes };
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
