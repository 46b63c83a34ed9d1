import type CodeBlockWriter from "code-block-writer";
import type { BtfField } from "../btf/types.js";
import { bytes, doc } from "../emit/doc.js";
import { identifier, MEMBER_WORDS, Scope } from "../emit/names.js";
import type { ArrayItem, CompositeItem, Shape } from "../emit/shape.js";
import type { TypeTable } from "../emit/type-table.js";
import { readScalar, scalarType, valueType, writeScalar } from "./numbers.js";

/** Members that every class has, and the names that the module's bindings keep free, so that fields have the same names in both. */
export const OWN_MEMBERS: readonly string[] = [
  ...MEMBER_WORDS,
  "copyFrom",
  "equals",
  "free",
  "$bytes",
  "$view",
];

/** An accessor to be written. */
export interface Place {
  readonly name: string;
  readonly shape: Shape;
  /** Bytes from the start of what the class is over. */
  readonly offset: number;
  /** Bytes; 0 for an array that ends the data. */
  readonly size: number;
  /** For the comment. */
  readonly text: string;
}

/** Writes the class for a struct or union. */
export function writeComposite(
  writer: CodeBlockWriter,
  item: CompositeItem,
  table: TypeTable,
): void {
  const { btf } = table;
  const type = btf.resolve(item.type);
  const keyword = type.kind === "UNION" ? "union" : "struct";
  const called = type.name === "" ? `${keyword} without a name` : `${keyword} ${type.name}`;
  const size = btf.size(item.type);
  doc(writer, `\`${called}\`, ${bytes(size)}.`);
  writer.write(`export class ${item.name} extends View`).block(() => {
    writeCommon(writer, item.name, size, btf.alignment(item.type), called);
    const scope = new Scope(OWN_MEMBERS);
    const fields = btf.fields(item.type).filter(({ name }) => name !== "");
    // Every field's own name first, so that an accessor that is made up never takes the name of a field.
    const names = fields.map(({ name }) => scope.take(identifier(name)));
    fields.forEach((field, index) => {
      writeField(writer, field, names[index] as string, item, table, scope);
    });
  });
}

function writeCommon(
  writer: CodeBlockWriter,
  name: string,
  size: number,
  alignment: number,
  called: string,
): void {
  writer.writeLine(`static readonly SIZE = ${size};`);
  writer.writeLine(`static readonly ALIGN = ${alignment};`);
  writer.write("constructor(bytes: Uint8Array)").block(() => {
    writer.writeLine(`super(bytes, ${size}, ${JSON.stringify(called)});`);
  });
  doc(writer, "A new one, all bytes zero, also the padding.");
  writer.write(`static alloc(): ${name}`).block(() => {
    writer.writeLine(`return new ${name}(new Uint8Array(${size}));`);
  });
  doc(writer, "Copies all bytes of another, padding included.");
  writer.write(`copyFrom(other: ${name}): void`).block(() => {
    writer.writeLine(`this.$bytes.set(other.$bytes.subarray(0, ${size}));`);
  });
  doc(writer, "Whether all bytes are the same, as the kernel compares keys: padding counts.");
  writer.write(`equals(other: ${name}): boolean`).block(() => {
    writer.writeLine(`return sameBytes(this.$bytes, other.$bytes, ${size});`);
  });
}

function writeField(
  writer: CodeBlockWriter,
  field: BtfField,
  name: string,
  item: CompositeItem,
  table: TypeTable,
  scope: Scope,
): void {
  const shape = table.shape(field.type, `${item.name}_${field.name}`);
  const declared = table.btf.cDeclaration(field.type, field.name).replace(/\{.*\}/s, "{…}");
  const offset = Math.floor(field.bitOffset / 8);
  if (field.bitSize > 0) {
    const text = `\`${declared} : ${field.bitSize}\`, bit ${field.bitOffset % 8} of byte ${offset}.`;
    writeBits(writer, field, name, shape, isSigned(table, field), text);
    return;
  }
  const text = `\`${declared}\`, offset ${offset}, ${bytes(field.size)}.`;
  writePlace(writer, { name, shape, offset, size: field.size, text }, table, scope);
}

function isSigned({ btf }: TypeTable, field: BtfField): boolean {
  const type = btf.resolve(field.type);
  return "signed" in type && type.signed;
}

function writeBits(
  writer: CodeBlockWriter,
  field: BtfField,
  name: string,
  shape: Shape,
  signed: boolean,
  text: string,
): void {
  const type = shape.kind === "view" ? "bigint" : scalarType(shape.type);
  const at = `this.$view, ${field.bitOffset}, ${field.bitSize}`;
  const narrow = signed ? `asSigned(getBits(${at}), ${field.bitSize})` : `getBits(${at})`;
  const wide = signed ? `BigInt.asIntN(${field.bitSize}, getBigBits(${at}))` : `getBigBits(${at})`;
  const read = type === "boolean" ? `getBits(${at}) !== 0` : type === "bigint" ? wide : narrow;
  doc(writer, text);
  writer.write(`get ${name}(): ${type}`).block(() => {
    writer.writeLine(`return ${read};`);
  });
  writer.write(`set ${name}(value: ${type})`).block(() => {
    writer.writeLine(`setBits(${at}, ${type === "boolean" ? "value ? 1 : 0" : "value"});`);
  });
}

/** Writes the accessors of something that starts at a byte. */
export function writePlace(
  writer: CodeBlockWriter,
  place: Place,
  table: TypeTable,
  scope: Scope,
): void {
  const { name, shape, offset, size, text } = place;
  const little = table.btf.byteOrder === "little";
  // An array without a length goes on to the end of the data.
  const part =
    size === 0
      ? `this.$bytes.subarray(${offset})`
      : `this.$bytes.subarray(${offset}, ${offset + size})`;
  if (shape.kind === "view" && shape.text) {
    doc(writer, `${text} UTF-8 up to a NUL byte; what is set is cut to fit with one.`);
    accessor(writer, name, "string", `readText(${part})`, `writeText(${part}, value);`);
    const all = scope.take(`${name}_bytes`);
    doc(writer, `The bytes of \`${name}\`.`);
    accessor(writer, all, shape.name, `new ${shape.name}(${part})`, `this.${all}.copyFrom(value);`);
    return;
  }
  doc(
    writer,
    text +
      (shape.kind === "scalar" && shape.enumName !== undefined
        ? ` One of {@link ${shape.enumName}}.`
        : ""),
  );
  if (shape.kind === "scalar") {
    const read = readScalar(shape, "this.$view", offset, little);
    accessor(
      writer,
      name,
      valueType(shape),
      read,
      writeScalar(shape, "this.$view", offset, "value", little),
    );
  } else {
    const write =
      shape.size === 0
        ? undefined
        : `this.$bytes.set(value.$bytes.subarray(0, ${shape.size}), ${offset});`;
    accessor(writer, name, shape.name, `new ${shape.name}(${part})`, write);
  }
}

function accessor(
  writer: CodeBlockWriter,
  name: string,
  type: string,
  read: string,
  write: string | undefined,
): void {
  writer.write(`get ${name}(): ${type}`).block(() => {
    writer.writeLine(`return ${read};`);
  });
  if (write === undefined) return;
  writer.write(`set ${name}(value: ${type})`).block(() => {
    writer.writeLine(write);
  });
}

/** Writes the class for an array type. */
export function writeArray(writer: CodeBlockWriter, item: ArrayItem, table: TypeTable): void {
  const { element, length, stride, name } = item;
  const size = length * stride;
  const little = table.btf.byteOrder === "little";
  const type = valueType(element);
  doc(
    writer,
    `\`${item.declaration}\`, ${length === 0 ? "as long as the data that it ends" : bytes(size)}.`,
  );
  writer.write(`export class ${name} extends View`).block(() => {
    if (length > 0) {
      writeCommon(writer, name, size, element.kind === "scalar" ? stride : 1, item.declaration);
    } else {
      writer.write("constructor(bytes: Uint8Array)").block(() => {
        writer.writeLine(`super(bytes, 0, ${JSON.stringify(item.declaration)});`);
      });
    }
    doc(writer, "Number of elements.");
    writer.write("get length(): number").block(() => {
      writer.writeLine(
        `return ${length > 0 || stride === 0 ? length : `Math.floor(this.$bytes.length / ${stride})`};`,
      );
    });
    const part = `this.$bytes.subarray(index * ${stride}, index * ${stride} + ${stride})`;
    doc(writer, element.kind === "view" ? "A view of an element." : "An element.");
    writer.write(`at(index: number): ${type}`).block(() => {
      writer.writeLine("checkIndex(index, this.length);");
      const read =
        element.kind === "view"
          ? `new ${type}(${part})`
          : readScalar(element, "this.$view", `index * ${stride}`, little);
      writer.writeLine(`return ${read};`);
    });
    writer.write(`set(index: number, value: ${type}): void`).block(() => {
      writer.writeLine("checkIndex(index, this.length);");
      const write =
        element.kind === "view"
          ? `this.$bytes.set(value.$bytes.subarray(0, ${element.size}), index * ${stride});`
          : writeScalar(element, "this.$view", `index * ${stride}`, "value", little);
      writer.writeLine(write);
    });
    writer.write(`*[Symbol.iterator](): Generator<${type}>`).block(() => {
      writer.writeLine("for (let index = 0; index < this.length; index++) yield this.at(index);");
    });
    if (length === 0 || element.kind === "view" || !name.startsWith("CharArray")) return;
    doc(writer, "As text: UTF-8 up to a NUL byte; what is set is cut to fit with one.");
    accessor(
      writer,
      "text",
      "string",
      `readText(this.$bytes.subarray(0, ${size}))`,
      `writeText(this.$bytes.subarray(0, ${size}), value);`,
    );
    writer.write("override toString(): string").block(() => {
      writer.writeLine("return this.text;");
    });
  });
}
