import type CodeBlockWriter from "code-block-writer";
import { bytes, doc } from "./doc.js";
import { identifier, Scope, TOP_LEVEL_WORDS } from "./names.js";
import type { EnumItem } from "./shape.js";
import type { TypeTable } from "./type-table.js";

/** Writes an enum: a constant a value, and a function that tells the name of a value. */
export function writeEnum(writer: CodeBlockWriter, item: EnumItem, table: TypeTable): void {
  const type = table.btf.resolve(item.type);
  if (type.kind !== "ENUM" && type.kind !== "ENUM64") return;
  doc(
    writer,
    `\`${type.name === "" ? "enum without a name" : `enum ${type.name}`}\`, ${bytes(type.size)}.`,
  );
  writer.write(`export namespace ${item.name}`).block(() => {
    const scope = new Scope(TOP_LEVEL_WORDS);
    for (const { name, value } of type.values) {
      writer.writeLine(`export const ${scope.take(identifier(name))}: ${item.number} = ${value};`);
    }
    doc(writer, "The name of a value in C; its number if it has none.");
    writer
      .write(`export function ${scope.take("nameOf")}(value: ${item.number}): string`)
      .block(() => {
        const seen = new Set<bigint>();
        for (const { name, value } of type.values) {
          if (seen.has(value)) continue;
          seen.add(value);
          writer.writeLine(`if (value == ${value}) return ${JSON.stringify(name)};`);
        }
        writer.writeLine("return value.toString();");
      });
  });
}
