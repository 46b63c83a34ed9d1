import type { Btf } from "../btf/btf.js";
import type { TypeId } from "../btf/types.js";
import type { BpfObjectFile } from "../object/object.js";
import type { MapSpec, ProgramSpec, SubprogramSpec } from "../object/types.js";

/** A value inside a type, of whatever depth. */
export interface JsonField {
  /** With the names of the fields around it, as C writes it: `"se.load.weight"`. */
  readonly name: string;
  /** Bits from the start of the outermost type. */
  readonly bitOffset: number;
  /** Width in bits, of a bitfield or of the whole type. */
  readonly bitSize: number;
  /** As C writes it: `"char[16]"`. */
  readonly type: string;
}

/** What `wbpf layout --json` prints an array of. */
export interface JsonLayout {
  readonly name: string;
  readonly kind:
    | "struct"
    | "union"
    | "enum"
    | "typedef"
    | "map"
    | "rodata"
    | "data"
    | "bss"
    | "kconfig"
    | "program"
    | "function";
  /** Bytes: of the type, of a map's value, of a program's instructions. */
  readonly size: number;
  /** Fields of a struct or union, `key` and `value` of a map, variables of a data section; empty for everything else. */
  readonly fields: readonly JsonField[];
  /** Of an enum: numbers as text, as 64 bits do not fit a JSON number. */
  readonly values?: readonly { readonly name: string; readonly value: string }[];
  /** Of a map: its type (`"HASH"`) and most entries. Of a typedef: the type that it names. */
  readonly type?: string;
  readonly maxEntries?: number;
  /** Of a program: its `SEC()` and C declaration. */
  readonly section?: string;
  readonly signature?: string;
}

/** Most fields of one type, nested ones included; a type with more is cut into its own fields only. */
const MAX_FIELDS = 50_000;

/** A named type; undefined for a kind that has no size. */
export function jsonType(btf: Btf, id: TypeId): JsonLayout | undefined {
  const type = btf.type(id);
  const target = btf.resolve(id);
  switch (target.kind) {
    case "STRUCT":
    case "UNION":
      return {
        name: type.name,
        kind: target.kind === "STRUCT" ? "struct" : "union",
        size: target.size,
        fields: nestedFields(btf, id),
      };
    case "ENUM":
    case "ENUM64": {
      const values = target.values.map(({ name, value }) => ({ name, value: value.toString() }));
      return { name: type.name, kind: "enum", size: target.size, fields: [], values };
    }
    case "INT":
    case "PTR":
    case "ARRAY":
    case "FLOAT": {
      const text = type.kind === "TYPEDEF" ? btf.cDeclaration(type.type) : btf.cDeclaration(id);
      return { name: type.name, kind: "typedef", size: btf.size(id), fields: [], type: text };
    }
    default:
      return undefined;
  }
}

/** Fields with those of nested structs and unions behind their own: `a`, `a.x`, `a.y`, `b`. Elements of arrays are not listed. */
export function nestedFields(btf: Btf, id: TypeId): readonly JsonField[] {
  const fields: JsonField[] = [];
  return addFields(btf, id, "", 0, fields)
    ? fields
    : btf.fields(id).map((field) => jsonField(btf, field.name, 0, field));
}

/** @returns false if there are too many */
function addFields(
  btf: Btf,
  id: TypeId,
  prefix: string,
  base: number,
  fields: JsonField[],
): boolean {
  for (const field of btf.fields(id)) {
    if (fields.length === MAX_FIELDS) return false;
    const name = prefix + field.name;
    fields.push(jsonField(btf, name, base, field));
    const kind = btf.resolve(field.type).kind;
    if (kind !== "STRUCT" && kind !== "UNION") continue;
    if (!addFields(btf, field.type, `${name}.`, base + field.bitOffset, fields)) return false;
  }
  return true;
}

function jsonField(
  btf: Btf,
  name: string,
  base: number,
  field: {
    readonly bitOffset: number;
    readonly bitSize: number;
    readonly size: number;
    readonly type: TypeId;
  },
): JsonField {
  return {
    name,
    bitOffset: base + field.bitOffset,
    bitSize: field.bitSize || field.size * 8,
    type: btf.cDeclaration(field.type),
  };
}

export function jsonMap(btf: Btf, map: MapSpec): JsonLayout {
  const part = (name: string, type: TypeId | undefined, size: number): JsonField[] =>
    size === 0
      ? []
      : [
          {
            name,
            bitOffset: 0,
            bitSize: size * 8,
            type: type === undefined ? "" : btf.cDeclaration(type),
          },
        ];
  return {
    name: map.name,
    kind: "map",
    size: map.valueSize,
    fields: [
      ...part("key", map.keyType, map.keySize),
      ...part("value", map.valueType, map.valueSize),
    ],
    type: map.typeName,
    maxEntries: map.maxEntries,
  };
}

export function jsonProgram(btf: Btf, program: ProgramSpec | SubprogramSpec): JsonLayout {
  return {
    name: program.name,
    kind: "section" in program ? "program" : "function",
    size: program.instructions * 8,
    fields: [],
    ...("section" in program ? { section: program.section } : {}),
    ...(program.func === undefined ? {} : { signature: btf.cDeclaration(program.func) }),
  };
}

/** Maps, data sections and programs of an object. */
export function jsonObject(object: BpfObjectFile): JsonLayout[] {
  const { btf } = object;
  return [
    ...object.maps.map((map) => jsonMap(btf, map)),
    ...object.dataSections.map((section): JsonLayout => {
      const fields = section.variables.flatMap((variable) => [
        {
          name: variable.name,
          bitOffset: variable.offset * 8,
          bitSize: variable.size * 8,
          type: btf.cDeclaration(variable.type),
        },
      ]);
      return { name: section.name, kind: section.kind, size: section.size, fields };
    }),
    ...object.programs.map((program) => jsonProgram(btf, program)),
    ...object.subprograms.map((program) => jsonProgram(btf, program)),
  ];
}
