import { type StatementStructures, StructureKind, type WriterFunction } from "ts-morph";
import { writeEnum } from "./enum.js";
import { scratch } from "./scratch.js";
import type { TypeItem } from "./shape.js";
import type { TypeTable } from "./type-table.js";
import { writeArray, writeComposite } from "./view.js";

/** Names that types of an object may not take: those that generated code imports. */
export const IMPORTED_NAMES: readonly string[] =
  "BpfMap BpfObject BpfProgram BloomFilter ConstantSection DataSection KernelConfig whereIs wasPut valueIn constantPlace ArrayMap ScalarArrayMap HashMap ScalarHashMap PerCpuMap ScalarPerCpuMap QueueMap RingBuffer PerfBuffer AnyBuffer UserRingBuffer ClearSizes ProgramArray CgroupArray MapOfMaps RedirectMap TaskStorage PathStorage StorageMap LiveArrayMap ScalarLiveArrayMap LiveScalarArrayMap Int128 Scalar checkIndex readText writeText zeroed OBJECT OBJECT_SIZE".split(
    " ",
  );

const SDK = "@wbpf/sdk/assembly";

/** Parts of a generated file. */
export interface FileParts {
  readonly header: string;
  /** What is imported besides the SDK's views, by the file below the SDK's `assembly`. */
  readonly imports: ReadonlyMap<string, ReadonlySet<string>>;
  readonly statements: readonly (StatementStructures | WriterFunction)[];
  readonly end?: WriterFunction;
}

/** Writes every type of the table, those too that are asked for on the way. */
function writeTypes(table: TypeTable): string[] {
  const project = scratch();
  const texts: string[] = [];
  for (let index = 0; index < table.items.length; index++) {
    const writer = project.createWriter();
    writeItem(writer, table.items[index] as TypeItem, table);
    texts.push(writer.toString().trimEnd());
  }
  return texts;
}

function writeItem(
  writer: Parameters<typeof writeArray>[0],
  item: TypeItem,
  table: TypeTable,
): void {
  if (item.kind === "composite") writeComposite(writer, item, table);
  else if (item.kind === "array") writeArray(writer, item);
  else writeEnum(writer, item, table);
}

/** Puts a file together: header, imports, the parts, the types that they use, the end. */
export function printFile(parts: FileParts, table: TypeTable): string {
  const statements = parts.statements.map((statement) =>
    typeof statement === "function" ? printed(statement) : statement,
  );
  const types = writeTypes(table);
  const texts = [...types, ...statements.filter((part) => typeof part === "string")];
  const imports = new Map([...parts.imports].map(([from, names]) => [from, new Set(names)]));
  const used = ["checkIndex", "readText", "writeText", "zeroed"].filter((name) =>
    texts.some((text) => text.includes(`${name}(`)),
  );
  if (used.length + table.imports.size > 0)
    imports.set("view/index", new Set([...used, ...table.imports]));
  const file = scratch().createSourceFile(
    "bindings.ts",
    {
      statements: [
        ...[...imports]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([from, names]) => ({
            kind: StructureKind.ImportDeclaration as const,
            moduleSpecifier: `${SDK}/${from}`,
            namedImports: [...names].sort(),
          })),
        ...statements,
      ],
    },
    { overwrite: true },
  );
  // The types are text already, and megabytes of it for a large kernel type: parsing them again is what would take the time.
  const end = parts.end === undefined ? [] : [printed(parts.end)];
  const text = [file.getFullText().trimEnd(), ...types, ...end].filter((part) => part !== "");
  return `${parts.header}\n${text.join("\n\n")}\n`;
}

/** The text of a part that asks for types: they have to be known before the imports are written. */
function printed(write: WriterFunction): string {
  const writer = scratch().createWriter();
  write(writer);
  return writer.toString().trimEnd();
}
