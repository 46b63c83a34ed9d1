import type CodeBlockWriter from "code-block-writer";
import type { DataSectionSpec, VariableSpec } from "../object/index.js";
import { bytes, doc } from "./doc.js";
import { identifier, MEMBER_WORDS, Scope } from "./names.js";
import type { TypeTable } from "./type-table.js";
import { loadScalar, storeScalar } from "./view.js";

/** Members of the SDK's classes for sections. */
const OWN_MEMBERS =
  "object name size live stale reserved error beforeLoad afterLoad flush beforeWrite afterWrite fetch view buffer map changed loaded next".split(
    " ",
  );

const LIVE = {
  file: "data_section",
  name: "DataSection",
  accessors: ["whereIs", "wasPut"],
} as const;
/** The SDK's class for each kind of section, and what its accessors are made of. */
export const SECTIONS = {
  rodata: {
    file: "constant_section",
    name: "ConstantSection",
    accessors: ["valueIn", "constantPlace"],
  },
  data: LIVE,
  bss: LIVE,
  kconfig: { file: "kernel_config", name: "KernelConfig", accessors: ["valueIn"] },
} as const;

/** The name by which a skeleton has a section: `.rodata` → `rodata`, `.data.config` → `data_config`, as in libbpf's skeletons. */
export function sectionMember(section: string): string {
  return identifier(section.replace(/^\.+/, ""));
}

/** Writes the class of a section of global variables. */
export function writeSection(
  writer: CodeBlockWriter,
  name: string,
  section: DataSectionSpec,
  variables: readonly VariableSpec[],
  table: TypeTable,
): void {
  const live = section.kind === "data" || section.kind === "bss";
  doc(writer, `\`${section.name}\`, ${bytes(section.size)}: ${WHEN[section.kind]}.`);
  writer.write(`export class ${name} extends ${SECTIONS[section.kind].name}`).block(() => {
    writer.write("constructor(object: BpfObject)").block(() => {
      writer.writeLine(`super(object, ${JSON.stringify(section.name)}, ${section.size});`);
    });
    const scope = new Scope([...MEMBER_WORDS, ...OWN_MEMBERS]);
    for (const variable of variables) {
      writeVariable(writer, variable, scope.take(identifier(variable.name)), {
        table,
        settable: section.kind !== "kconfig",
        live,
      });
    }
  });
}

const WHEN = {
  rodata: "set before `load()`, constant afterwards",
  data: "set before `load()`; afterwards shared with the BPF programs",
  bss: "zero unless set before `load()`; afterwards shared with the BPF programs",
  kconfig: "the kernel's configuration, there after `load()`",
} as const;

interface VariableContext {
  readonly table: TypeTable;
  readonly settable: boolean;
  readonly live: boolean;
}

function writeVariable(
  writer: CodeBlockWriter,
  variable: VariableSpec,
  name: string,
  context: VariableContext,
): void {
  const { table, settable, live } = context;
  const shape = table.shape(variable.type, variable.name);
  const { offset, size } = variable;
  const self = "changetype<usize>(this)";
  const found = `${live ? "whereIs" : "valueIn"}(${self}, ${offset})`;
  const place = live
    ? found
    : `constantPlace(${self}, ${offset}, ${JSON.stringify(variable.name)})`;
  const text = `\`${table.btf.cDeclaration(variable.type, variable.name)}\`, offset ${offset}, ${bytes(size)}.`;
  const note =
    shape.kind === "view" && live
      ? " After `load()`, call `flush()` when it was changed through this view."
      : "";
  const [type, read, write] =
    shape.kind === "scalar"
      ? [shape.type, loadScalar(shape, found), storeScalar(shape, place, "value")]
      : shape.text && variable.size > 0
        ? ["string", `readText(${found}, ${size})`, `writeText(${place}, ${size}, value);`]
        : [
            shape.name,
            `changetype<${shape.name}>(${settable ? `this.view(${offset})` : found})`,
            `memory.copy(${place}, changetype<usize>(value), ${size});`,
          ];
  doc(writer, text + note);
  // A live variable is loaded where it is read: a call would take ten times as long.
  const inline = live && shape.kind === "scalar" ? "@inline " : "";
  writer.write(`${inline}get ${name}(): ${type}`).block(() => {
    writer.writeLine(`return ${read};`);
  });
  if (!settable) return;
  // TypeScript refuses a decorator on both accessors of a name; asc inlines each by its own.
  if (inline !== "") writer.writeLine("// @ts-ignore: asc takes a decorator for each accessor");
  writer.write(`${inline}set ${name}(value: ${type})`).block(() => {
    writer.writeLine(write);
    if (live) writer.writeLine(`wasPut(${self});`);
  });
}
