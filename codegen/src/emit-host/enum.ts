import type CodeBlockWriter from "code-block-writer";
import { bytes, doc } from "../emit/doc.js";
import { identifier, Scope, TOP_LEVEL_WORDS } from "../emit/names.js";
import type { EnumItem } from "../emit/shape.js";
import type { TypeTable } from "../emit/type-table.js";
import { scalarType } from "./numbers.js";

/** Writes an enum as an object: a property a value, and a function that tells the name of a value. */
export function writeEnum(writer: CodeBlockWriter, item: EnumItem, table: TypeTable): void {
  const type = table.btf.resolve(item.type);
  if (type.kind !== "ENUM" && type.kind !== "ENUM64") return;
  const number = scalarType(item.number);
  const literal = (value: bigint) => (number === "bigint" ? `${value}n` : `${value}`);
  const called = type.name === "" ? "enum without a name" : `enum ${type.name}`;
  doc(
    writer,
    `\`${called}\`, ${bytes(type.size)}.${type.truncated ? " The compiler cut its values to 32 bits." : ""}`,
  );
  writer
    .write(`export const ${item.name} =`)
    .space()
    .inlineBlock(() => {
      const scope = new Scope([...TOP_LEVEL_WORDS, "__proto__"]);
      for (const { name, value } of type.values) {
        writer.writeLine(`${scope.take(identifier(name))}: ${literal(value)},`);
      }
      doc(writer, "The name of a value in C; its number if it has none.");
      writer.write(`${scope.take("nameOf")}(value: ${number}): string`).block(() => {
        const seen = new Set<bigint>();
        for (const { name, value } of type.values) {
          if (seen.has(value)) continue;
          seen.add(value);
          writer.writeLine(`if (value === ${literal(value)}) return ${JSON.stringify(name)};`);
        }
        writer.writeLine("return value.toString();");
      });
    });
  writer.write(" as const;").newLine();
}
