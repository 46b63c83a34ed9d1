import type { Btf } from "./btf.js";
import { resolve, sizeOf } from "./size.js";
import type { BtfComposite, BtfField, BtfMember } from "./types.js";

/** Most fields of one type. The kernel's largest struct has about 300; BTF itself allows 65,535 members. */
const MAX_FIELDS = 100_000;

/** The fields of a struct that `checkByValue` found sound. */
export function fieldsOf(btf: Btf, type: BtfComposite): readonly BtfField[] {
  const fields: BtfField[] = [];
  collect(btf, type, 0, [], fields, type);
  return fields;
}

function collect(
  btf: Btf,
  type: BtfComposite,
  base: number,
  path: readonly number[],
  fields: BtfField[],
  outer: BtfComposite,
): void {
  type.members.forEach((member, index) => {
    const memberPath = [...path, index];
    if (member.name === "") {
      const inner = resolve(btf, member.type);
      if (inner.kind === "STRUCT" || inner.kind === "UNION") {
        collect(btf, inner, base + member.bitOffset, memberPath, fields, outer);
        return;
      }
    }
    if (fields.length === MAX_FIELDS)
      throw btf.error(outer.id, `more than ${MAX_FIELDS} fields with those of anonymous members`);
    const bits = bitsOf(btf, member);
    fields.push({
      name: member.name,
      path: memberPath,
      type: member.type,
      bitOffset: base + bits.offset,
      bitSize: bits.size,
      size: sizeOf(btf, member.type),
    });
  });
}

/**
 * Where a member's bits are. Before `kind_flag`, a bitfield was a member of a narrow INT, which has an offset of its own; a full-width INT that does not start at a
 * byte was one too.
 */
export function bitsOf(btf: Btf, member: BtfMember): { offset: number; size: number } {
  if (member.bitSize > 0) return { offset: member.bitOffset, size: member.bitSize };
  const type = resolve(btf, member.type);
  if (type.kind === "INT" && (type.bits < type.size * 8 || member.bitOffset % 8 !== 0)) {
    return { offset: member.bitOffset + type.bitOffset, size: type.bits };
  }
  return { offset: member.bitOffset, size: 0 };
}
