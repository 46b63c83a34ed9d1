import type { Btf } from "./btf.js";
import { MAX_CHAIN, resolve, sizeOf } from "./size.js";
import type { BtfComposite, BtfMember, TypeId } from "./types.js";

/** Deepest nesting of structs by value. The kernel's deepest has about ten. */
const MAX_NESTING = 256;

/** With `kind_flag` a member's offset has 24 bits: 2 MiB. */
const BITFIELD_REACH = 1 << 21;

/** Structs that are known to be sound, and how deep they nest; 0 while one is being looked at. */
const heights = new WeakMap<Btf, Map<TypeId, number>>();

/**
 * Checks that what a type holds by value is finite and inside it: no struct contains itself, each member ends before its struct does, a bitfield is an integer that is
 * wide enough.
 */
export function checkByValue(btf: Btf, id: TypeId): void {
  let known = heights.get(btf);
  if (known === undefined) {
    known = new Map();
    heights.set(btf, known);
  }
  heightOf(btf, id, known, 0);
}

function heightOf(btf: Btf, id: TypeId, known: Map<TypeId, number>, depth: number): number {
  const type = valueType(btf, id);
  if (type.kind !== "STRUCT" && type.kind !== "UNION") return 0;
  const before = known.get(type.id);
  if (before === 0) throw btf.error(type.id, "contains itself by value");
  if (before !== undefined) return before;
  if (depth > MAX_NESTING) throw btf.error(type.id, `nested deeper than ${MAX_NESTING} levels`);
  known.set(type.id, 0);
  try {
    let height = 1;
    for (const member of type.members) {
      height = Math.max(height, 1 + heightOf(btf, member.type, known, depth + 1));
      checkMember(btf, type, member);
    }
    if (height > MAX_NESTING) throw btf.error(type.id, `nested deeper than ${MAX_NESTING} levels`);
    checkReach(btf, type);
    known.set(type.id, height);
    return height;
  } catch (error) {
    known.delete(type.id);
    throw error;
  }
}

/** What stands in memory: modifiers, variables and array dimensions taken off. */
function valueType(btf: Btf, id: TypeId) {
  let type = resolve(btf, id);
  for (let steps = 0; type.kind === "ARRAY" || type.kind === "VAR"; steps++) {
    if (steps === MAX_CHAIN)
      throw btf.error(id, `an array of itself, or of more than ${MAX_CHAIN} dimensions`);
    type = resolve(btf, type.kind === "ARRAY" ? type.elementType : type.type);
  }
  return type;
}

function checkMember(btf: Btf, owner: BtfComposite, member: BtfMember): void {
  const type = resolve(btf, member.type);
  const bad = (problem: string): never => {
    throw btf.error(owner.id, `member "${member.name}" ${problem}`);
  };
  switch (type.kind) {
    case "VOID":
    case "FWD":
    case "FUNC":
    case "FUNC_PROTO":
    case "VAR":
    case "DATASEC":
    case "DECL_TAG":
      bad(`has no size: it is a ${type.kind}`);
  }
  const size = sizeOf(btf, member.type);
  let end = member.bitOffset + size * 8;
  if (member.bitSize > 0) {
    if (type.kind !== "INT" && type.kind !== "ENUM" && type.kind !== "ENUM64")
      bad(`is a bitfield of a ${type.kind}`);
    if (member.bitSize > size * 8)
      bad(`is a bitfield of ${member.bitSize} bits in a type of ${size} bytes`);
    end = member.bitOffset + member.bitSize;
  } else if (type.kind === "INT" && (type.bits < size * 8 || member.bitOffset % 8 !== 0)) {
    end = member.bitOffset + type.bitOffset + type.bits;
  } else if (member.bitOffset % 8 !== 0) {
    bad(`starts at bit ${member.bitOffset}, which is not the start of a byte`);
  }
  if (end > owner.size * 8)
    bad(`ends at bit ${end}, behind the ${owner.size} bytes of its ${owner.kind}`);
}

/** A compiler that has bitfields and large arrays in one struct silently overflows the 24 bits: members then seem to overlap. */
function checkReach(btf: Btf, type: BtfComposite): void {
  if (type.kind !== "STRUCT" || type.size <= BITFIELD_REACH) return;
  let end = 0;
  for (const member of type.members) {
    if (member.bitOffset < end) {
      throw btf.error(
        type.id,
        `member "${member.name}" overlaps the one before: BTF cannot hold offsets over 2 MiB in a struct with bitfields`,
      );
    }
    end = member.bitOffset + (member.bitSize || sizeOf(btf, member.type) * 8);
  }
}
