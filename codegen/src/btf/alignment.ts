import type { Btf } from "./btf.js";
import { resolve } from "./size.js";
import type { BtfComposite, TypeId } from "./types.js";

const known = new WeakMap<Btf, Map<TypeId, number>>();

/** Natural alignment in bytes of a type that `checkByValue` found sound. */
export function alignmentOf(btf: Btf, id: TypeId): number {
  const type = resolve(btf, id);
  switch (type.kind) {
    case "INT":
    case "ENUM":
    case "ENUM64":
      return type.size;
    case "FLOAT":
      // The x87 type of i386 takes 12 bytes.
      return type.size === 12 ? 4 : type.size;
    case "PTR":
      return btf.pointerSize;
    case "ARRAY":
      return alignmentOf(btf, type.elementType);
    case "VAR":
      return alignmentOf(btf, type.type);
    case "STRUCT":
    case "UNION": {
      let cache = known.get(btf);
      if (cache === undefined) {
        cache = new Map();
        known.set(btf, cache);
      }
      let alignment = cache.get(type.id);
      if (alignment === undefined) {
        alignment = compositeAlignment(btf, type);
        cache.set(type.id, alignment);
      }
      return alignment;
    }
    default:
      return 1;
  }
}

function compositeAlignment(btf: Btf, type: BtfComposite): number {
  let largest = 1;
  for (const member of type.members) {
    const alignment = alignmentOf(btf, member.type);
    const offset = member.bitOffset;
    if (member.bitSize === 0) {
      if (offset % 8 === 0 && offset % (alignment * 8) !== 0) return 1;
    } else {
      // Unless packed, a bitfield stays inside one unit of its declared type.
      const unit = alignment * 8;
      if (Math.floor(offset / unit) !== Math.floor((offset + member.bitSize - 1) / unit)) return 1;
    }
    largest = Math.max(largest, alignment);
  }
  return type.size % largest === 0 ? largest : 1;
}
