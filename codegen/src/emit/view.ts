import type CodeBlockWriter from "code-block-writer";
import type { Btf } from "../btf/btf.js";
import type { BtfField, TypeId } from "../btf/types.js";
import { type Bitfield, readBitfield, writeBitfield } from "./bitfield.js";
import { bytes, doc } from "./doc.js";
import { identifier, MEMBER_WORDS, Scope } from "./names.js";
import type { ArrayItem, CompositeItem, ScalarShape, Shape } from "./shape.js";
import type { TypeTable } from "./type-table.js";

/** Address of the bytes that a view is over. */
const THIS = "changetype<usize>(this)";

/** Writes the class for a struct or union: an accessor a field, at the offset that BTF says. */
export function writeComposite(
  writer: CodeBlockWriter,
  item: CompositeItem,
  table: TypeTable,
): void {
  const { btf } = table;
  const type = btf.resolve(item.type);
  const size = btf.size(item.type);
  const alignment = btf.alignment(item.type);
  const keyword = type.kind === "UNION" ? "union" : "struct";
  doc(
    writer,
    `\`${type.name === "" ? `${keyword} without a name` : `${keyword} ${type.name}`}\`, ${bytes(size)}.`,
  );
  writeDecorators(writer);
  writer.write(`export class ${item.name}`).block(() => {
    writeCommon(writer, item.name, size, alignment);
    const scope = new Scope([...MEMBER_WORDS, "copyFrom", "equals", "free"]);
    const fields = btf.fields(item.type).filter((field) => field.name !== "");
    // Every field's own name first, so that an accessor that is made up never takes the name of a field.
    const names = fields.map((field) => scope.take(identifier(field.name)));
    fields.forEach((field, index) => {
      writeField(writer, field, names[index] as string, { item, table, scope });
    });
  });
}

/** A class without a header before its bytes; `final`, as its constructor returns what is no object of the runtime. */
function writeDecorators(writer: CodeBlockWriter): void {
  writer.writeLine("@final");
  writer.writeLine("@unmanaged");
}

/**
 * Members that every view has. The constructor is public, since TypeScript's decorators take no class that is closed: it gives zeroed memory of C's size, where
 * AssemblyScript's own would give none.
 */
function writeCommon(writer: CodeBlockWriter, name: string, size: number, alignment: number): void {
  writer.writeLine(`static readonly SIZE: i32 = ${size};`);
  writer.writeLine(`static readonly ALIGN: i32 = ${alignment};`);
  doc(writer, "New memory for one, all bytes zero, also the padding. It stays until `free()`.");
  writer.write("constructor()").block(() => {
    writer.writeLine(`return changetype<${name}>(zeroed(${size}));`);
  });
  doc(writer, `The same as \`new ${name}()\`.`);
  writer.write(`static alloc(): ${name}`).block(() => {
    writer.writeLine(`return new ${name}();`);
  });
  doc(writer, "Gives back what `alloc()` gave, and nothing else.");
  writer
    .write("free(): void")
    .space()
    .inlineBlock(() => writer.write(`heap.free(${THIS});`))
    .newLine();
  doc(writer, "Copies all bytes of another, padding included.");
  writer.write(`copyFrom(other: ${name}): void`).block(() => {
    writer.writeLine(`memory.copy(${THIS}, changetype<usize>(other), ${size});`);
  });
  doc(writer, "Whether all bytes are the same, as the kernel compares keys: padding counts.");
  writer.write(`equals(other: ${name}): bool`).block(() => {
    writer.writeLine(`return memory.compare(${THIS}, changetype<usize>(other), ${size}) == 0;`);
  });
}

interface FieldContext {
  readonly item: CompositeItem;
  readonly table: TypeTable;
  readonly scope: Scope;
}

function writeField(
  writer: CodeBlockWriter,
  field: BtfField,
  name: string,
  context: FieldContext,
): void {
  const { table, item } = context;
  const offset = field.bitOffset >> 3;
  const declared = declaration(table.btf, field.type, field.name);
  if (field.bitSize > 0) {
    const text = `\`${declared} : ${field.bitSize}\`, bit ${field.bitOffset & 7} of byte ${offset}.`;
    writeBitfieldOf(writer, field, name, text, context);
    return;
  }
  const shape = table.shape(field.type, `${item.name}_${field.name}`);
  const where = `\`${declared}\`, offset ${offset}, ${bytes(field.size)}.`;
  if (shape.kind === "scalar") writeScalar(writer, shape, name, offset, where);
  else if (shape.text) {
    writeText(writer, name, offset, shape.size, where);
    writeNested(
      writer,
      shape,
      context.scope.take(`${name}_bytes`),
      offset,
      `The bytes of \`${field.name}\`.`,
    );
  } else writeNested(writer, shape, name, offset, where);
}

/** The C declaration of a field. A type without a name is not written out: its fields stand in a class of their own. */
function declaration(btf: Btf, type: TypeId, name: string): string {
  const text = btf.cDeclaration(type, name);
  return text.includes("{") ? text.replace(/\{.*\}/s, "{…}") : text;
}

/** A bitfield of a 16-byte integer has no type that holds all of it: up to 64 bits are one accessor, more are two. */
function writeBitfieldOf(
  writer: CodeBlockWriter,
  field: BtfField,
  name: string,
  text: string,
  { table, item, scope }: FieldContext,
): void {
  const { bitOffset, bitSize } = field;
  const type = table.btf.resolve(field.type);
  if (type.kind !== "INT" || type.size <= 8) {
    const shape = table.shape(field.type, `${item.name}_${field.name}`) as ScalarShape;
    const signed = shape.type.startsWith("i");
    writeBits(writer, name, { bitOffset, bitSize, signed, type: shape.type }, text);
    return;
  }
  const { signed } = type;
  const rest = signed ? "i64" : "u64";
  if (bitSize <= 64) {
    writeBits(writer, name, { bitOffset, bitSize, signed, type: rest }, text);
    return;
  }
  const low = { bitOffset, bitSize: 64, signed: false, type: "u64" };
  const high = { bitOffset: bitOffset + 64, bitSize: bitSize - 64, signed, type: rest };
  writeBits(writer, scope.take(`${name}_lo`), low, `${text} Its low 64 bits.`);
  writeBits(writer, scope.take(`${name}_hi`), high, `${text} Its bits from 64 on.`);
}

function writeBits(writer: CodeBlockWriter, name: string, bits: Bitfield, text: string): void {
  doc(writer, text);
  writer.write(`get ${name}(): ${bits.type}`).block(() => {
    writer.writeLine(`return ${readBitfield(bits, THIS)};`);
  });
  writer.write(`set ${name}(value: ${bits.type})`).block(() => {
    for (const line of writeBitfield(bits, THIS, "value")) writer.writeLine(line);
  });
}

function enumNote(shape: ScalarShape): string {
  return shape.enumName === undefined ? "" : ` One of {@link ${shape.enumName}}.`;
}

/** `load` and `store` of a scalar: the expressions differ for `bool`, whose byte may hold anything. */
export function loadScalar(shape: ScalarShape, address: string): string {
  return shape.type === "bool" ? `load<u8>(${address}) != 0` : `load<${shape.type}>(${address})`;
}
export function storeScalar(shape: ScalarShape, base: string, value: string, offset = 0): string {
  const place = offset === 0 ? "" : `, ${offset}`;
  return shape.type === "bool"
    ? `store<u8>(${base}, <u8>${value}${place});`
    : `store<${shape.type}>(${base}, ${value}${place});`;
}

function writeScalar(
  writer: CodeBlockWriter,
  shape: ScalarShape,
  name: string,
  offset: number,
  text: string,
): void {
  const place = offset === 0 ? THIS : `${THIS}, ${offset}`;
  doc(writer, text + enumNote(shape));
  writer.writeLine("@inline");
  writer.write(`get ${name}(): ${shape.type}`).block(() => {
    writer.writeLine(`return ${loadScalar(shape, place)};`);
  });
  // Decorated once: TypeScript refuses a decorator on both accessors. The optimizer inlines a single store by itself.
  writer.write(`set ${name}(value: ${shape.type})`).block(() => {
    writer.writeLine(storeScalar(shape, THIS, "value", offset));
  });
}

function writeText(
  writer: CodeBlockWriter,
  name: string,
  offset: number,
  size: number,
  text: string,
): void {
  doc(writer, `${text} UTF-8 up to a NUL byte; what is set is cut to fit with one.`);
  writer.write(`get ${name}(): string`).block(() => {
    writer.writeLine(`return readText(${THIS} + ${offset}, ${size});`);
  });
  writer.write(`set ${name}(value: string)`).block(() => {
    writer.writeLine(`writeText(${THIS} + ${offset}, ${size}, value);`);
  });
}

function writeNested(
  writer: CodeBlockWriter,
  shape: Shape,
  name: string,
  offset: number,
  text: string,
): void {
  if (shape.kind !== "view") return;
  doc(writer, text);
  writer.writeLine("@inline");
  writer.write(`get ${name}(): ${shape.name}`).block(() => {
    writer.writeLine(`return changetype<${shape.name}>(${THIS} + ${offset});`);
  });
  if (shape.size === 0) return;
  writer.write(`set ${name}(value: ${shape.name})`).block(() => {
    writer.writeLine(`memory.copy(${THIS} + ${offset}, changetype<usize>(value), ${shape.size});`);
  });
}

/** Writes the class for an array type. */
export function writeArray(writer: CodeBlockWriter, item: ArrayItem): void {
  const { element, length, stride } = item;
  const text = element.kind === "scalar" && item.name.startsWith("CharArray");
  const size = length * stride;
  doc(
    writer,
    length === 0
      ? `\`${item.declaration}\`: as long as the data that it ends. Indexes are not checked.`
      : `\`${item.declaration}\`, ${bytes(size)}.`,
  );
  writeDecorators(writer);
  writer.write(`export class ${item.name}`).block(() => {
    const type = element.kind === "view" ? element.name : element.type;
    if (length === 0) {
      doc(writer, "Ends the module: its length is not known here.");
      writer.write("constructor()").block(() => writer.writeLine("unreachable();"));
    } else {
      writeCommon(writer, item.name, size, element.kind === "scalar" ? stride : 1);
      doc(writer, "Number of elements.");
      writer
        .write("get length(): i32")
        .space()
        .inlineBlock(() => writer.write(`return ${length};`))
        .newLine();
    }
    const place = `${THIS} + <usize>index * ${stride}`;
    const check = length === 0 ? undefined : `checkIndex(index, ${length});`;
    doc(
      writer,
      element.kind === "view" ? "A view of an element." : `An element.${enumNote(element)}`,
    );
    writer.write(`at(index: i32): ${type}`).block(() => {
      if (check !== undefined) writer.writeLine(check);
      writer.writeLine(
        `return ${element.kind === "view" ? `changetype<${type}>(${place})` : loadScalar(element, place)};`,
      );
    });
    writer.write(`set(index: i32, value: ${type}): void`).block(() => {
      if (check !== undefined) writer.writeLine(check);
      writer.writeLine(
        element.kind === "view"
          ? `memory.copy(${place}, changetype<usize>(value), ${element.size});`
          : storeScalar(element, place, "value"),
      );
    });
    if (!text || length === 0) return;
    doc(writer, "As text: UTF-8 up to a NUL byte; what is set is cut to fit with one.");
    writer
      .write("get text(): string")
      .space()
      .inlineBlock(() => writer.write(`return readText(${THIS}, ${size});`))
      .newLine();
    writer
      .write("set text(value: string)")
      .space()
      .inlineBlock(() => writer.write(`writeText(${THIS}, ${size}, value);`))
      .newLine();
    writer
      .write("toString(): string")
      .space()
      .inlineBlock(() => writer.write("return this.text;"))
      .newLine();
  });
}
