import { readFileSync } from "node:fs";
import path from "node:path";
import { type Command, Option } from "commander";
import { sha256, shown, writeIfChanged } from "../build/files.js";
import { EM_BPF } from "../elf/constants.js";
import { Elf } from "../elf/elf.js";
import { CodegenError, inFile } from "../errors.js";
import { collect, collectEvents } from "./values.js";

interface GenFlags {
  readonly output?: string;
  readonly type: string[];
  readonly event: Record<string, string>;
  readonly name?: string;
  readonly target: Target;
  readonly base?: string;
}

/** Who uses the bindings: the tool's module, or a program on the host. */
type Target = (typeof TARGETS)[number];
const TARGETS = ["module", "host"] as const;

const EXAMPLES = `
Examples:
  wbpf gen build/bootstrap.bpf.o                   to stdout
  wbpf gen build/bootstrap.bpf.o -o bootstrap.bpf.ts
  wbpf gen /sys/kernel/btf/vmlinux --type task_struct --type 'union bpf_attr' -o kernel.ts
  wbpf gen /sys/kernel/btf/veth --base /sys/kernel/btf/vmlinux --type veth_priv -o veth.ts
  wbpf gen --target host build/bootstrap.bpf.o -o agent/bootstrap.ts`;

/** Adds `wbpf gen`. */
export function registerGen(program: Command): void {
  program
    .command("gen")
    .description("write the bindings of a BPF object, or of types of a BTF file")
    .argument(
      "<file>",
      "a .bpf.o, raw BTF such as /sys/kernel/btf/vmlinux, a vmlinux image or a .ko",
    )
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
    .option("--base <file>", "the BTF that <file> continues: vmlinux, for a kernel module")
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
  const { objectBindings, typeBindings, readTypeSource } = await generators(flags.target);
  if (Elf.is(bytes) && inFile(shown(path.resolve(file)), () => isBpfObject(bytes))) {
    if (flags.base !== undefined) {
      throw new CodegenError(
        "USAGE",
        `${file} is a BPF object, whose BTF continues no other: leave out --base`,
      );
    }
    const object = path.basename(file);
    const name = flags.name ?? object.replace(/(\.bpf)?\.[^.]*$/, "");
    const { type: types, event: events } = flags;
    const { text, warnings } = inFile(shown(path.resolve(file)), () =>
      objectBindings(bytes, { name, object, types, events }),
    );
    for (const warning of warnings) process.stderr.write(`${shown(file)}: warning: ${warning}\n`);
    return text;
  }
  const { btf } = readTypeSource(file, flags.base);
  if (flags.type.length === 0) {
    throw new CodegenError(
      "NO_TYPE",
      `${file} is ${Elf.is(bytes) ? "no BPF object" : "raw BTF"}: say which of its types you want, with --type NAME`,
    );
  }
  const options = { types: flags.type, source: file, base: flags.base, hash: sha256(bytes) };
  return typeBindings(btf, options);
}

function isBpfObject(bytes: Uint8Array): boolean {
  const { machine } = Elf.parse(bytes);
  // clang writes 0 there when it was not told the target; what that holds is told by whoever reads it.
  return machine === EM_BPF || machine === 0;
}

/** Only what the target needs is loaded. */
async function generators(target: Target) {
  const { readTypeSource } = await import("../layout/source.js");
  if (target === "host") {
    const { generateHostBindings, generateHostTypes } = await import("../emit-host/index.js");
    return {
      objectBindings: generateHostBindings,
      typeBindings: generateHostTypes,
      readTypeSource,
    };
  }
  const { generateBindings, generateTypes } = await import("../emit/index.js");
  return { objectBindings: generateBindings, typeBindings: generateTypes, readTypeSource };
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
