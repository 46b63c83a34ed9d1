import type { Btf } from "../btf/btf.js";
import { bitsOf } from "../btf/fields.js";
import type { BtfComposite, BtfMember, TypeId } from "../btf/types.js";
import { CodegenError } from "../errors.js";

/** Where everything in a struct or union stands, with the bytes that nothing uses. All positions are bits from the start of the outermost type. */
export interface Layout {
  readonly id: TypeId;
  /** Empty if it has none. */
  readonly name: string;
  readonly kind: "struct" | "union";
  /** Bytes. */
  readonly size: number;
  /** Natural alignment in bytes, derived: BTF records none. */
  readonly alignment: number;
  readonly bitOffset: number;
  readonly members: readonly LayoutMember[];
  /** Unused bits behind the last member. */
  readonly padding: number;
}

export interface LayoutMember {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  readonly type: TypeId;
  readonly bitOffset: number;
  /** Width in bits, of a bitfield or of the whole type. */
  readonly bitSize: number;
  readonly bitfield: boolean;
  /** Unused bits before it; always 0 in a union. */
  readonly hole: number;
  /** What is inside, if its type is a struct or union without a name (not an array of them). */
  readonly body: Layout | undefined;
}

/** Deepest nesting of types without a name. */
const MAX_DEPTH = 64;
/** Most members of one type, those of nested types without a name included. */
const MAX_MEMBERS = 100_000;

/**
 * The layout of a struct or union, or of a typedef of one.
 * @throws CodegenError `NO_FIELDS` for another type
 */
export function layoutOf(btf: Btf, id: TypeId): Layout {
  const type = btf.resolve(id);
  if (type.kind !== "STRUCT" && type.kind !== "UNION") {
    throw new CodegenError(
      "NO_FIELDS",
      `${btf.describe(id)} is no struct or union, so it has no layout`,
    );
  }
  btf.size(type.id); // checks the whole type
  return new LayoutReader(btf).read(type, 0, 0);
}

class LayoutReader {
  readonly #btf: Btf;
  #count = 0;

  constructor(btf: Btf) {
    this.#btf = btf;
  }

  read(type: BtfComposite, bitOffset: number, depth: number): Layout {
    if (depth > MAX_DEPTH) throw this.#btf.error(type.id, `nests deeper than ${MAX_DEPTH} levels`);
    this.#count += type.members.length;
    if (this.#count > MAX_MEMBERS)
      throw this.#btf.error(type.id, `part of a type with over ${MAX_MEMBERS} members`);
    const union = type.kind === "UNION";
    let end = bitOffset;
    const members = type.members.map((member) => {
      const read = this.#member(member, bitOffset, union ? Number.POSITIVE_INFINITY : end, depth);
      end = Math.max(end, read.bitOffset + read.bitSize);
      return read;
    });
    return {
      id: type.id,
      name: type.name,
      kind: union ? "union" : "struct",
      size: type.size,
      alignment: this.#btf.alignment(type.id),
      bitOffset,
      members,
      padding: bitOffset + type.size * 8 - end,
    };
  }

  /** @param end where the members before end, in bits */
  #member(member: BtfMember, base: number, end: number, depth: number): LayoutMember {
    const bits = bitsOf(this.#btf, member);
    const bitOffset = base + bits.offset;
    // A typedef has a name to look it up by, so only a type that stands here itself is written out.
    const type = this.#btf.type(member.type);
    const written = (type.kind === "STRUCT" || type.kind === "UNION") && type.name === "";
    return {
      name: member.name,
      type: member.type,
      bitOffset,
      bitSize: bits.size || this.#btf.size(member.type) * 8,
      bitfield: bits.size > 0,
      hole: Math.max(0, bitOffset - end),
      body: written ? this.read(type, bitOffset, depth + 1) : undefined,
    };
  }
}
