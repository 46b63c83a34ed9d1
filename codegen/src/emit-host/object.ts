import type CodeBlockWriter from "code-block-writer";
import { bytes, commentText, doc } from "../emit/doc.js";
import { findEventTypes } from "../emit/event-type.js";
import { className, identifier, MEMBER_WORDS, Scope } from "../emit/names.js";
import { sectionMember } from "../emit/section-class.js";
import type { ScalarShape, Shape } from "../emit/shape.js";
import type { SkeletonNames } from "../emit/skeleton.js";
import type { TypeTable } from "../emit/type-table.js";
import type { BpfObjectFile, DataSectionSpec, MapSpec } from "../object/index.js";
import { readScalar, valueType, writeScalar } from "./numbers.js";
import { OWN_MEMBERS, writePlace } from "./view.js";

/** Names that no property of an object literal may have. */
const OBJECT_WORDS: readonly string[] = [...MEMBER_WORDS, "__proto__"];

/** Writes a part of the file. */
export type Part = (writer: CodeBlockWriter) => void;

/** What a map's bytes are. */
interface MapShapes {
  readonly map: MapSpec;
  readonly key: Shape | undefined;
  readonly value: Shape | undefined;
  readonly event: Shape | undefined;
}

/** Types of the keys, values and records of all maps, asked for in the order in which the module's bindings do: so they have the same names. */
export function mapParts(
  object: BpfObjectFile,
  names: SkeletonNames,
  events: Readonly<Record<string, string>>,
  table: TypeTable,
): { parts: Part[]; markers: ReadonlySet<string> } {
  const { byMap, markers } = findEventTypes(object, events);
  const shapes = object.maps.map((map): MapShapes => {
    const event = byMap.get(map.name);
    const ring = map.typeName === "RINGBUF";
    const value = ring
      ? undefined
      : shapeOf(table, map.valueType, map.valueSize, `${map.name}_value`);
    const key = ring ? undefined : shapeOf(table, map.keyType, map.keySize, `${map.name}_key`);
    return {
      map,
      key,
      value,
      event: event === undefined ? undefined : table.shape(event, `${map.name}_event`),
    };
  });
  const parts: Part[] = [];
  if (shapes.length > 0) {
    parts.push((writer) => {
      doc(writer, "Maps by their names in C: what their keys, values and records are.");
      writer
        .write(`export const ${names.maps} =`)
        .space()
        .inlineBlock(() => {
          const scope = new Scope(OBJECT_WORDS);
          for (const shape of shapes)
            writeMap(writer, scope.take(identifier(shape.map.name)), shape, table);
        });
      writer.write(" as const;").newLine();
    });
  }
  if (object.programs.length > 0) {
    parts.push((writer) => {
      doc(writer, "Programs by their names in C.");
      writer
        .write(`export const ${names.progs} =`)
        .space()
        .inlineBlock(() => {
          const scope = new Scope(OBJECT_WORDS);
          for (const { name, section } of object.programs) {
            writer.writeLine(
              `${scope.take(identifier(name))}: { name: ${JSON.stringify(name)}, section: ${JSON.stringify(section)} },`,
            );
          }
        });
      writer.write(" as const;").newLine();
    });
  }
  return { parts, markers };
}

/** A bare size of 1, 2, 4 or 8 bytes is a number; another is only bytes. */
function shapeOf(
  table: TypeTable,
  type: number | undefined,
  size: number,
  hint: string,
): Shape | undefined {
  if (type !== undefined) return table.shape(type, hint);
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return undefined;
  return { kind: "scalar", type: `u${(size * 8) as 8 | 16 | 32 | 64}`, size };
}

function writeMap(
  writer: CodeBlockWriter,
  name: string,
  { map, key, value, event }: MapShapes,
  table: TypeTable,
): void {
  doc(writer, `\`BPF_MAP_TYPE_${map.typeName}\`.`);
  writer
    .write(`${name}:`)
    .space()
    .inlineBlock(() => {
      writer.writeLine(`name: ${JSON.stringify(map.name)},`);
      writer.writeLine(`type: ${JSON.stringify(map.typeName)},`);
      writer.writeLine(`keySize: ${map.keySize},`);
      writer.writeLine(`valueSize: ${map.valueSize},`);
      writer.writeLine(`maxEntries: ${map.maxEntries},`);
      if (key !== undefined) writer.writeLine(`key: ${codec(key, table)},`);
      if (value !== undefined) {
        const one = codec(value, table);
        writer.writeLine(`value: ${map.typeName.includes("PERCPU") ? `perCpu(${one})` : one},`);
      }
      if (event !== undefined) {
        doc(writer, "A record.");
        writer.writeLine(`event: ${codec(event, table)},`);
      }
    });
  writer.write(",").newLine();
}

function codec(shape: Shape, table: TypeTable): string {
  if (shape.kind === "view") return `viewCodec(${shape.name}, ${shape.size})`;
  return scalarCodec(shape, table.btf.byteOrder === "little");
}

function scalarCodec(shape: ScalarShape, little: boolean): string {
  const write = writeScalar(shape, "view", 0, "value", little).replace(/;$/, "");
  return `scalarCodec<${valueType(shape)}>(${shape.size}, (view) => ${readScalar(shape, "view", 0, little)}, (view, value) => ${write})`;
}

/** The classes of the sections of global variables: views over the value of the section's map. */
export function sectionParts(
  object: BpfObjectFile,
  names: SkeletonNames,
  markers: ReadonlySet<string>,
  table: TypeTable,
  scope: Scope,
): Part[] {
  const members = new Scope([]);
  return object.dataSections.flatMap((section): Part[] => {
    const variables = section.variables.filter(({ name }) => !markers.has(name));
    if (variables.length === 0) return [];
    const name = scope.take(
      `${names.skeleton}${className(members.take(sectionMember(section.name)))}`,
    );
    return [(writer) => writeSection(writer, name, section, variables, table)];
  });
}

function writeSection(
  writer: CodeBlockWriter,
  name: string,
  section: DataSectionSpec,
  variables: DataSectionSpec["variables"],
  table: TypeTable,
): void {
  doc(writer, `\`${section.name}\`, ${bytes(section.size)}: a view over the value of its map.`);
  writer.write(`export class ${name} extends View`).block(() => {
    writer.writeLine(`static readonly SIZE = ${section.size};`);
    writer.write("constructor(bytes: Uint8Array)").block(() => {
      writer.writeLine(
        `super(bytes, ${section.size}, ${JSON.stringify(commentText(section.name))});`,
      );
    });
    const scope = new Scope(OWN_MEMBERS);
    const free = variables.map((variable) => scope.take(identifier(variable.name)));
    variables.forEach((variable, index) => {
      const declared = table.btf
        .cDeclaration(variable.type, variable.name)
        .replace(/\{.*\}/s, "{…}");
      const place = {
        name: free[index] as string,
        shape: table.shape(variable.type, variable.name),
        offset: variable.offset,
        size: variable.size,
        text: `\`${declared}\`, offset ${variable.offset}, ${bytes(variable.size)}.`,
      };
      writePlace(writer, place, table, scope);
    });
  });
}
