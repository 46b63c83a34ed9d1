import type { Btf } from "../btf/btf.js";
import type { BtfType, TypeId } from "../btf/types.js";
import { CodegenError } from "../errors.js";
import { className, type Scope } from "./names.js";
import {
  integerType,
  type NumberType,
  type ScalarShape,
  type Shape,
  type TypeItem,
  type ViewShape,
} from "./shape.js";

/**
 * Which types are emitted, under which names. A type is added when somebody asks for its shape, and the types of its fields when it is emitted: so only what is
 * reachable gets into the file. Pointers are numbers, and what they point to is not followed.
 */
export class TypeTable {
  readonly btf: Btf;
  /** Everything to emit, in the order in which it was asked for. It grows while it is emitted. */
  readonly items: TypeItem[] = [];
  /** Names of the SDK's views that are used. */
  readonly imports = new Set<string>();
  private readonly scope: Scope;
  private readonly shapes = new Map<TypeId, Shape>();
  private readonly arrays = new Map<string, ViewShape>();

  /** @param scope names of the file */
  constructor(btf: Btf, scope: Scope) {
    this.btf = btf;
    this.scope = scope;
  }

  /**
   * What a type becomes.
   *
   * @param hint the name in C to use if the type has none of its own
   * @throws CodegenError `ENOSHAPE` for a type that no value can have
   */
  shape(id: TypeId, hint: string): Shape {
    const named = this.nameOf(id);
    const type = this.btf.resolve(id);
    const known = this.shapes.get(type.id);
    if (known !== undefined) return known;
    const shape = this.make(type, named ?? hint, hint);
    // An array's element may be nameless, and its name then depends on where it is first met; the array itself is found by its shape.
    this.shapes.set(type.id, shape);
    return shape;
  }

  private make(type: BtfType, name: string, hint: string): Shape {
    switch (type.kind) {
      case "INT": {
        if (type.size === 16) return this.int128();
        if (type.bool && type.size === 1) return { kind: "scalar", type: "bool", size: 1 };
        return {
          kind: "scalar",
          type: integerType(type.size, type.signed || (type.char && type.size === 1)),
          size: type.size,
        };
      }
      case "PTR":
        return {
          kind: "scalar",
          type: integerType(this.btf.pointerSize, false),
          size: this.btf.pointerSize,
        };
      case "FLOAT":
        if (type.size === 4 || type.size === 8)
          return { kind: "scalar", type: type.size === 4 ? "f32" : "f64", size: type.size };
        return this.array({ kind: "scalar", type: "u8", size: 1 }, type.size, 1, type.name, false);
      case "ENUM":
      case "ENUM64":
        return this.enumeration(type.id, type.size, type.signed, name);
      case "ARRAY": {
        const element = this.shape(type.elementType, hint);
        const inner = this.btf.resolve(type.elementType);
        const text =
          inner.kind === "INT" && inner.size === 1 && inner.name === "char" && type.length > 0;
        return this.array(
          element,
          type.length,
          this.btf.size(type.elementType),
          this.btf.cDeclaration(type.id),
          text,
        );
      }
      case "STRUCT":
      case "UNION": {
        const view: ViewShape = {
          kind: "view",
          name: this.scope.take(className(name)),
          size: type.size,
          text: false,
        };
        this.items.push({ kind: "composite", name: view.name, type: type.id });
        return view;
      }
      default: {
        const what =
          type.kind === "FWD" ? "it is only declared, not defined" : "no value has such a type";
        throw new CodegenError("ENOSHAPE", `${this.btf.describe(type.id)} has no layout: ${what}`);
      }
    }
  }

  /** The view that a value of this shape is looked at through, where a reference is needed: a map's key or value. */
  viewName(shape: Shape): string {
    if (shape.kind === "view") return shape.name;
    this.imports.add("Scalar");
    return `Scalar<${shape.type}>`;
  }

  private int128(): ViewShape {
    this.imports.add("Int128");
    return { kind: "view", name: "Int128", size: 16, text: false };
  }

  private enumeration(id: TypeId, size: number, signed: boolean, name: string): ScalarShape {
    const number = integerType(size, signed);
    const enumName = this.scope.take(className(name));
    this.items.push({ kind: "enum", name: enumName, type: id, number });
    return { kind: "scalar", type: number, size, enumName };
  }

  private array(
    element: Shape,
    length: number,
    stride: number,
    declaration: string,
    text: boolean,
  ): ViewShape {
    const base =
      element.kind === "view"
        ? element.name
        : text
          ? "Char"
          : (element.enumName ?? className(element.type));
    const key = `${element.kind} ${base} ${text} ${length}`;
    const known = this.arrays.get(key);
    if (known !== undefined) return known;
    const view: ViewShape = {
      kind: "view",
      name: this.scope.take(`${base}Array${length}`),
      size: stride * length,
      text,
    };
    this.arrays.set(key, view);
    this.items.push({ kind: "array", name: view.name, element, declaration, length, stride });
    return view;
  }

  /** The name of a type as C sees it: its own, or that of the nearest typedef in front of it. */
  private nameOf(id: TypeId): string | undefined {
    let type = this.btf.type(id);
    let typedef: string | undefined;
    while (
      "type" in type &&
      ["TYPEDEF", "VOLATILE", "CONST", "RESTRICT", "TYPE_TAG"].includes(type.kind)
    ) {
      if (type.kind === "TYPEDEF") typedef = type.name;
      type = this.btf.type(type.type);
    }
    return type.name !== "" ? type.name : typedef;
  }
}

/** The unsigned or signed type in which shifts of a field are done. */
export function workType(bits: number, signed: boolean): NumberType {
  return integerType(bits > 32 ? 8 : 4, signed);
}
