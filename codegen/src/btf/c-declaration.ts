import { CodegenError } from "../errors.js";
import type { Btf } from "./btf.js";
import { bitsOf } from "./fields.js";
import { MAX_CHAIN } from "./size.js";
import type { BtfComposite, BtfFuncProto, TypeId } from "./types.js";

/** Deepest nesting of anonymous structs and function types in one declaration. */
const MAX_DEPTH = 64;
/** Most types that one declaration may name. */
const MAX_TYPES = 20_000;

const QUALIFIERS = { CONST: "const", VOLATILE: "volatile", RESTRICT: "restrict" } as const;

export function cDeclaration(btf: Btf, id: TypeId, name: string): string {
  return new Writer(btf, id).declare(id, name, 0);
}

class Writer {
  readonly #btf: Btf;
  readonly #root: TypeId;
  #types = 0;

  constructor(btf: Btf, root: TypeId) {
    this.#btf = btf;
    this.#root = root;
  }

  /** C writes a type around the name that it declares: from the name outwards, `*` to the left, `[n]` and parameters to the right, in parentheses after a `*`. */
  declare(id: TypeId, name: string, depth: number): string {
    if (depth > MAX_DEPTH)
      throw this.#btf.error(
        this.#root,
        `cannot be written in C: it nests deeper than ${MAX_DEPTH} levels`,
      );
    let declarator = name;
    let qualifiers: string[] = [];
    let afterStar = false;
    let current = id;
    for (let steps = 0; steps < MAX_CHAIN; steps++) {
      if (++this.#types > MAX_TYPES)
        throw this.#btf.error(
          this.#root,
          `cannot be written in C: it names over ${MAX_TYPES} types`,
        );
      const type = this.#btf.type(current);
      switch (type.kind) {
        case "PTR": {
          const own = qualifiers.join(" ");
          declarator = `*${own}${own !== "" && declarator !== "" ? " " : ""}${declarator}`;
          qualifiers = [];
          afterStar = true;
          current = type.type;
          continue;
        }
        case "CONST":
        case "VOLATILE":
        case "RESTRICT":
          qualifiers.unshift(QUALIFIERS[type.kind]);
          current = type.type;
          continue;
        case "TYPE_TAG":
          // The macros of the kernel and of bpf_helpers.h (`__user`, `__kptr`) are named so after their tags.
          if (!type.attribute) qualifiers.unshift(`__${type.name}`);
          current = type.type;
          continue;
        case "ARRAY":
          declarator = `${afterStar ? `(${declarator})` : declarator}[${type.length}]`;
          afterStar = false;
          current = type.elementType;
          continue;
        case "FUNC_PROTO":
          declarator = `${afterStar ? `(${declarator})` : declarator}(${this.#parameters(type, depth)})`;
          afterStar = false;
          qualifiers = [];
          current = type.returnType;
          continue;
        case "FUNC":
          declarator = declarator === "" ? type.name : declarator;
          current = type.type;
          continue;
        case "VAR":
          declarator = declarator === "" ? type.name : declarator;
          current = type.type;
          continue;
        case "DATASEC":
        case "DECL_TAG":
          throw new CodegenError("NO_DECLARATION", `${this.#btf.describe(id)} is not a type of C`);
      }
      const base = [...qualifiers, this.#specifier(type.id, depth)].join(" ");
      if (declarator === "") return base;
      // `char[16]`, but `char (*)[16]` and `char name[16]`.
      return declarator.startsWith("[") ? `${base}${declarator}` : `${base} ${declarator}`;
    }
    throw this.#btf.error(id, `a loop of types, or more than ${MAX_CHAIN} in a row`);
  }

  #specifier(id: TypeId, depth: number): string {
    const type = this.#btf.type(id);
    switch (type.kind) {
      case "VOID":
        return "void";
      case "STRUCT":
      case "UNION": {
        const keyword = type.kind === "STRUCT" ? "struct" : "union";
        return type.name === ""
          ? `${keyword} ${this.#body(type, depth)}`
          : `${keyword} ${type.name}`;
      }
      case "FWD":
        return `${type.union ? "union" : "struct"} ${type.name}`;
      case "ENUM":
      case "ENUM64": {
        if (type.name !== "") return `enum ${type.name}`;
        return `enum { ${type.values.map(({ name, value }) => `${name} = ${value}`).join(", ")} }`;
      }
      default:
        return type.name;
    }
  }

  #body(type: BtfComposite, depth: number): string {
    if (type.members.length === 0) return "{ }";
    const members = type.members.map((member) => {
      const bits = bitsOf(this.#btf, member).size;
      return `${this.declare(member.type, member.name, depth + 1)}${bits === 0 ? "" : ` : ${bits}`};`;
    });
    return `{ ${members.join(" ")} }`;
  }

  #parameters(type: BtfFuncProto, depth: number): string {
    const parameters = type.parameters.map((parameter) =>
      this.declare(parameter.type, parameter.name, depth + 1),
    );
    if (type.variadic) parameters.push("...");
    return parameters.length === 0 ? "void" : parameters.join(", ");
  }
}
