import { FormatError, hex } from "../errors.js";
import { INT_BOOL, INT_CHAR, INT_SIGNED, KINDS, LINKAGES, TYPE_SIZE } from "./format.js";
import type {
  BtfDatasecVariable,
  BtfEnumValue,
  BtfMember,
  BtfParameter,
  BtfType,
  Linkage,
} from "./types.js";

/** Where a type stands, for {@link decode}. The bounds and the references inside it were checked by `scan`. */
export interface Place {
  readonly view: DataView;
  readonly at: number;
  readonly little: boolean;
  readonly section: string;
  /** Of the view in the section. */
  readonly start: number;
  readonly text: (offset: number) => string;
  /** Whether the compiler that wrote this BTF tells signed enums from unsigned ones (clang 15 and pahole 1.24 do). */
  readonly recordsEnumSign: boolean;
}

/** Reads one type, and checks what can be checked on it alone. */
export function decode(id: number, place: Place): BtfType {
  const { view, at, little, text } = place;
  const u32 = (offset: number) => view.getUint32(at + offset, little);
  const info = u32(4);
  const kind = KINDS[(info >>> 24) & 0x1f] ?? "VOID";
  const count = info & 0xffff;
  const flag = info >>> 31 === 1;
  const name = text(u32(0));
  const sizeOrType = u32(8);
  const bad = (problem: string): never => {
    const offset = place.start + at;
    throw new FormatError(
      place.section,
      offset,
      `type ${id} (${kind}) at offset ${hex(offset)}: ${problem}`,
    );
  };

  switch (kind) {
    case "VOID":
      return { id: 0, kind, name: "" };
    case "INT": {
      const word = u32(TYPE_SIZE);
      const encoding = (word >>> 24) & 0xf;
      const bitOffset = (word >>> 16) & 0xff;
      const bits = word & 0xff;
      if (![1, 2, 4, 8, 16].includes(sizeOrType)) bad(`an integer of ${sizeOrType} bytes`);
      if (bits === 0 || bits + bitOffset > sizeOrType * 8) {
        bad(`bits ${bitOffset} to ${bitOffset + bits} do not fit its ${sizeOrType} bytes`);
      }
      return {
        id,
        kind,
        name,
        size: sizeOrType,
        signed: (encoding & INT_SIGNED) !== 0,
        char: (encoding & INT_CHAR) !== 0,
        bool: (encoding & INT_BOOL) !== 0,
        bits,
        bitOffset,
      };
    }
    case "ARRAY":
      return { id, kind, name, elementType: u32(12), indexType: u32(16), length: u32(20) };
    case "STRUCT":
    case "UNION": {
      const members: BtfMember[] = [];
      for (let i = 0, item = TYPE_SIZE; i < count; i++, item += 12) {
        const offset = u32(item + 8);
        members.push({
          name: text(u32(item)),
          type: u32(item + 4),
          // With kind_flag: BTF_MEMBER_BITFIELD_SIZE and BTF_MEMBER_BIT_OFFSET of linux/btf.h.
          bitOffset: flag ? offset & 0xffffff : offset,
          bitSize: flag ? offset >>> 24 : 0,
        });
      }
      return { id, kind, name, size: sizeOrType, members };
    }
    case "ENUM": {
      if (![1, 2, 4, 8].includes(sizeOrType)) bad(`an enum of ${sizeOrType} bytes`);
      const signed = flag || (!place.recordsEnumSign && looksSigned(place, count, sizeOrType));
      const values: BtfEnumValue[] = [];
      for (let i = 0, item = TYPE_SIZE; i < count; i++, item += 8) {
        const value = signed ? view.getInt32(at + item + 4, little) : u32(item + 4);
        values.push({ name: text(u32(item)), value: BigInt(value) });
      }
      return { id, kind, name, size: sizeOrType, signed, truncated: sizeOrType === 8, values };
    }
    case "ENUM64": {
      if (![1, 2, 4, 8].includes(sizeOrType)) bad(`an enum of ${sizeOrType} bytes`);
      const values: BtfEnumValue[] = [];
      for (let i = 0, item = TYPE_SIZE; i < count; i++, item += 12) {
        const bits = (BigInt(u32(item + 8)) << 32n) | BigInt(u32(item + 4));
        values.push({ name: text(u32(item)), value: flag ? BigInt.asIntN(64, bits) : bits });
      }
      return { id, kind, name, size: sizeOrType, signed: flag, truncated: false, values };
    }
    case "FWD":
      return { id, kind, name, union: flag };
    case "PTR":
      return { id, kind, name, type: sizeOrType };
    case "TYPEDEF":
      if (name === "") bad("a typedef without a name");
      return { id, kind, name, type: sizeOrType };
    case "VOLATILE":
    case "CONST":
    case "RESTRICT":
      return { id, kind, name, type: sizeOrType };
    case "TYPE_TAG":
      return { id, kind, name, type: sizeOrType, attribute: flag };
    case "FUNC":
      return {
        id,
        kind,
        name,
        type: sizeOrType,
        linkage: linkage(count) ?? bad(`unknown linkage ${count}`),
      };
    case "FUNC_PROTO": {
      const parameters: BtfParameter[] = [];
      for (let i = 0, item = TYPE_SIZE; i < count; i++, item += 8) {
        parameters.push({ name: text(u32(item)), type: u32(item + 4) });
      }
      // The kernel writes `...` as a last parameter of type 0.
      const last = parameters.at(-1);
      const variadic = last !== undefined && last.type === 0 && last.name === "";
      if (variadic) parameters.pop();
      return { id, kind, name, returnType: sizeOrType, parameters, variadic };
    }
    case "VAR": {
      const number = u32(TYPE_SIZE);
      return {
        id,
        kind,
        name,
        type: sizeOrType,
        linkage: linkage(number) ?? bad(`unknown linkage ${number}`),
      };
    }
    case "DATASEC": {
      const variables: BtfDatasecVariable[] = [];
      for (let i = 0, item = TYPE_SIZE; i < count; i++, item += 12) {
        variables.push({ type: u32(item), offset: u32(item + 4), size: u32(item + 8) });
      }
      return { id, kind, name, size: sizeOrType, variables };
    }
    case "FLOAT":
      if (![2, 4, 8, 12, 16].includes(sizeOrType))
        bad(`a floating point number of ${sizeOrType} bytes`);
      return { id, kind, name, size: sizeOrType };
    case "DECL_TAG":
      return {
        id,
        kind,
        name,
        type: sizeOrType,
        attribute: flag,
        component: view.getInt32(at + TYPE_SIZE, little),
      };
  }
}

function linkage(number: number): Linkage | undefined {
  return LINKAGES[number];
}

/**
 * Older compilers write no sign, so -1 and 0xffffffff are the same bits. Small negative numbers (error codes, "none") are what programs have; a value far from zero is
 * a flag in the top bit.
 */
function looksSigned({ view, at, little }: Place, count: number, size: number): boolean {
  let signed = false;
  for (let i = 0; i < count; i++) {
    const value = view.getInt32(at + TYPE_SIZE + i * 8 + 4, little);
    if (value >= 0) continue;
    if (size === 4 && value < -0x10000) return false;
    signed = true;
  }
  return signed;
}
