import type { Command } from "commander";
import { inFile } from "../errors.js";
import { type JsonLayout, jsonObject, jsonType } from "./json.js";
import { printType } from "./print.js";
import { namedTypes, typesCalled } from "./select.js";
import { readTypeSource, type TypeSource } from "./source.js";
import { printObject } from "./text.js";

interface LayoutFlags {
  readonly type: string[];
  readonly json?: boolean;
  readonly base?: string;
}

export interface LayoutOptions {
  /** Only these types; all that have a name, and all else that an object declares, if there is none. */
  readonly types?: readonly string[];
  readonly json?: boolean;
  /** File of the BTF that the other one continues. */
  readonly base?: string;
}

/** Adds `wbpf layout` to the program. Errors are thrown as CodegenError. */
export function registerLayout(program: Command): void {
  program
    .command("layout")
    .description("show where the fields of types stand: offsets, sizes, bits, holes, padding")
    .argument(
      "<file>",
      "a BPF object, raw BTF such as /sys/kernel/btf/vmlinux, or another ELF file with BTF",
    )
    .argument("[types...]", "as --type")
    .option(
      "-t, --type <name>",
      'only this type: task_struct, "struct task_struct", pid_t; may be given several times',
      (name: string, before: readonly string[]) => [...before, name],
      [],
    )
    .option(
      "--json",
      "as a JSON array of {name, kind, size, fields: [{name, bitOffset, bitSize, type}]}",
    )
    .option("--base <file>", "the BTF that FILE continues: vmlinux, for a kernel module")
    .action((file: string, types: string[], flags: LayoutFlags) => {
      stopWhenReaderLeaves();
      for (const text of layoutText(file, { ...flags, types: [...flags.type, ...types] }))
        process.stdout.write(text);
    });
}

/** `wbpf layout … | head` ends without a word, as other commands do. */
function stopWhenReaderLeaves(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
}

/** The command's output, in pieces: all types of a kernel are tens of megabytes. */
export function* layoutText(file: string, options: LayoutOptions): Generator<string> {
  const pieces = pieceByPiece(readTypeSource(file, options.base), options);
  for (;;) {
    const next = inFile(file, () => pieces.next());
    if (next.done) return;
    yield next.value;
  }
}

function* pieceByPiece(
  { btf, object }: TypeSource,
  options: LayoutOptions,
): Generator<string, void> {
  const { types = [] } = options;
  const all = types.length === 0;
  const ids = all ? namedTypes(btf) : types.flatMap((name) => typesCalled(btf, name));
  const own = all ? object : undefined;
  if (options.json) {
    const entries = function* (): Generator<JsonLayout> {
      for (const id of ids) {
        const entry = jsonType(btf, id);
        if (entry !== undefined) yield entry;
      }
      if (own !== undefined) yield* jsonObject(own);
    };
    yield* jsonArray(entries());
    return;
  }
  let first = true;
  for (const id of ids) {
    yield `${first ? "" : "\n"}${printType(btf, id)}`;
    first = false;
  }
  const rest = own === undefined ? "" : printObject(own);
  if (rest !== "") yield `${first ? "" : "\n"}${rest}`;
}

function* jsonArray(entries: Iterable<JsonLayout>): Generator<string> {
  let open = "[\n";
  for (const entry of entries) {
    yield `${open}${JSON.stringify(entry)}`;
    open = ",\n";
  }
  yield open === "[\n" ? "[]\n" : "\n]\n";
}
