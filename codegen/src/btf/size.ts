import { CodegenError } from "../errors.js";
import type { Btf } from "./btf.js";
import type { BtfModifier, BtfType, BtfTypeTag, ResolvedType, TypeId } from "./types.js";

/** Longest row of typedefs, qualifiers and array dimensions that is followed. Real ones have a handful. */
export const MAX_CHAIN = 1024;

/** Largest value that the kernel's and libbpf's 32-bit sizes can hold, in bytes. */
export const MAX_SIZE = 0xffffffff;

export function resolve(btf: Btf, id: TypeId): ResolvedType {
  let type = btf.type(id);
  for (let steps = 0; isModifier(type); steps++) {
    if (steps === MAX_CHAIN)
      throw btf.error(
        id,
        `its typedefs and qualifiers form a loop, or more than ${MAX_CHAIN} in a row`,
      );
    type = btf.type(type.type);
  }
  return type;
}

export function isModifier(type: BtfType): type is BtfModifier | BtfTypeTag {
  switch (type.kind) {
    case "TYPEDEF":
    case "CONST":
    case "VOLATILE":
    case "RESTRICT":
    case "TYPE_TAG":
      return true;
    default:
      return false;
  }
}

export function sizeOf(btf: Btf, id: TypeId): number {
  let count = 1;
  let current = id;
  for (let steps = 0; ; steps++) {
    if (steps === MAX_CHAIN)
      throw btf.error(id, `an array of itself, or of more than ${MAX_CHAIN} dimensions`);
    const type = resolve(btf, current);
    if (type.kind === "ARRAY") {
      count *= type.length;
      if (count > MAX_SIZE) throw btf.error(id, "larger than 4 GiB");
      current = type.elementType;
    } else if (type.kind === "VAR") {
      current = type.type;
    } else {
      const size = count * ownSize(btf, type);
      if (size > MAX_SIZE) throw btf.error(id, "larger than 4 GiB");
      return size;
    }
  }
}

function ownSize(btf: Btf, type: BtfType): number {
  switch (type.kind) {
    case "INT":
    case "ENUM":
    case "ENUM64":
    case "FLOAT":
    case "STRUCT":
    case "UNION":
    case "DATASEC":
      return type.size;
    case "PTR":
      return btf.pointerSize;
    default:
      throw new CodegenError("NO_SIZE", `${btf.section}: ${btf.describe(type.id)} has no size`);
  }
}
