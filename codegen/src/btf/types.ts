/**
 * The types that BTF knows, as plain data. Names and meanings follow `include/uapi/linux/btf.h` and Documentation/bpf/btf.rst of the kernel.
 *
 * @module
 */

/** Order of the bytes in the file that was read. */
export type ByteOrder = "little" | "big";

/** Id of a type inside one BTF; 0 is `void`. */
export type TypeId = number;

/** `static` inside one C file, `global` across them, `extern` defined elsewhere (`BTF_VAR_*`, `BTF_FUNC_*`). */
export type Linkage = "static" | "global" | "extern";

interface Named {
  readonly id: TypeId;
  /** Empty if the type has no name. */
  readonly name: string;
}

/** Id 0, which no BTF writes down. */
export interface BtfVoid extends Named {
  readonly kind: "VOID";
}

export interface BtfInt extends Named {
  readonly kind: "INT";
  /** Bytes: 1, 2, 4, 8 or 16. */
  readonly size: number;
  readonly signed: boolean;
  readonly char: boolean;
  readonly bool: boolean;
  /** Significant bits; fewer than `size * 8` only in the bitfields of old compilers. */
  readonly bits: number;
  /** Where they start inside the integer; not 0 only in the bitfields of old compilers. */
  readonly bitOffset: number;
}

export interface BtfPtr extends Named {
  readonly kind: "PTR";
  readonly type: TypeId;
}

export interface BtfArray extends Named {
  readonly kind: "ARRAY";
  readonly elementType: TypeId;
  readonly indexType: TypeId;
  /** Number of elements; 0 for a zero-length and for a flexible array, which BTF does not tell apart. */
  readonly length: number;
}

export interface BtfMember {
  /** Empty for an anonymous struct or union, whose own members count as members of the outer one in C. */
  readonly name: string;
  readonly type: TypeId;
  /** Bits from the start of the struct, see {@link BtfField.bitOffset}. */
  readonly bitOffset: number;
  /** Width of a bitfield, 0 if it is none. Old bitfields have 0 here and a narrow INT: `Btf.fields` evens that out. */
  readonly bitSize: number;
}

export interface BtfComposite extends Named {
  readonly kind: "STRUCT" | "UNION";
  /** Bytes. */
  readonly size: number;
  readonly members: readonly BtfMember[];
}

export interface BtfEnumValue {
  readonly name: string;
  readonly value: bigint;
}

export interface BtfEnum extends Named {
  readonly kind: "ENUM" | "ENUM64";
  /** Bytes: 1, 2, 4 or 8. */
  readonly size: number;
  /** clang 14 and older do not record it: then small negative values mean signed, and anything else unsigned. */
  readonly signed: boolean;
  /** The compiler (clang 14 and older) cut 64-bit values to 32 bits: `values` are not to be trusted, the size is. */
  readonly truncated: boolean;
  readonly values: readonly BtfEnumValue[];
}

/** A struct or union that is declared and not defined. */
export interface BtfFwd extends Named {
  readonly kind: "FWD";
  readonly union: boolean;
}

/** Another name or a qualifier for `type`. */
export interface BtfModifier extends Named {
  readonly kind: "TYPEDEF" | "VOLATILE" | "CONST" | "RESTRICT";
  readonly type: TypeId;
}

/** `__attribute__((btf_type_tag("name")))`, as in `__kptr` and `__user`. */
export interface BtfTypeTag extends Named {
  readonly kind: "TYPE_TAG";
  readonly type: TypeId;
  /** The name is a whole attribute of the compiler (`kind_flag`, pahole 1.30), not the text of a `btf_type_tag`. */
  readonly attribute: boolean;
}

export interface BtfFunc extends Named {
  readonly kind: "FUNC";
  /** Its FUNC_PROTO. */
  readonly type: TypeId;
  readonly linkage: Linkage;
}

export interface BtfParameter {
  /** Empty in a prototype without names. */
  readonly name: string;
  readonly type: TypeId;
}

export interface BtfFuncProto extends Named {
  readonly kind: "FUNC_PROTO";
  readonly returnType: TypeId;
  /** Without the final `...`. */
  readonly parameters: readonly BtfParameter[];
  /** Whether `...` follows. */
  readonly variadic: boolean;
}

export interface BtfVar extends Named {
  readonly kind: "VAR";
  readonly type: TypeId;
  readonly linkage: Linkage;
}

export interface BtfDatasecVariable {
  /** A VAR, or a FUNC for externs in `.ksyms`. */
  readonly type: TypeId;
  /** Bytes. clang leaves 0: the symbol table of the object tells it. */
  readonly offset: number;
  readonly size: number;
}

export interface BtfDatasec extends Named {
  readonly kind: "DATASEC";
  /** Bytes. clang leaves 0: the section header of the object tells it. */
  readonly size: number;
  readonly variables: readonly BtfDatasecVariable[];
}

export interface BtfFloat extends Named {
  readonly kind: "FLOAT";
  /** Bytes: 2, 4, 8, 12 or 16. */
  readonly size: number;
}

/** `__attribute__((btf_decl_tag("name")))`. */
export interface BtfDeclTag extends Named {
  readonly kind: "DECL_TAG";
  readonly type: TypeId;
  /** The name is a whole attribute of the compiler (`kind_flag`, pahole 1.30), not the text of a `btf_decl_tag`. */
  readonly attribute: boolean;
  /** Index of the member or parameter that is tagged, -1 for the whole. */
  readonly component: number;
}

export type BtfType =
  | BtfVoid
  | BtfInt
  | BtfPtr
  | BtfArray
  | BtfComposite
  | BtfEnum
  | BtfFwd
  | BtfModifier
  | BtfTypeTag
  | BtfFunc
  | BtfFuncProto
  | BtfVar
  | BtfDatasec
  | BtfFloat
  | BtfDeclTag;

/** A type behind typedefs, qualifiers and type tags. */
export type ResolvedType = Exclude<BtfType, BtfModifier | BtfTypeTag>;

/** `BTF_KIND_*` without the prefix. */
export type BtfKind = BtfType["kind"];

/** A field of a struct or union as C programs name it: members of anonymous members count as fields of the outer type. */
export interface BtfField {
  /** As in C: `s.name` is valid. Empty only for an unnamed bitfield that a compiler wrote down. */
  readonly name: string;
  /** Indexes of the members to go through, from the outer type's to the field's own. */
  readonly path: readonly number[];
  /** Declared type, modifiers included. */
  readonly type: TypeId;
  /**
   * Bits from the start of the outer type. In little-endian data bit 0 is the least significant bit of byte 0, in big-endian data the most significant, so a field
   * occupies `bitSize` bits from here on in both: see `readBits`.
   */
  readonly bitOffset: number;
  /** Width of a bitfield, 0 if it is none. */
  readonly bitSize: number;
  /** Bytes of the declared type, also for a bitfield (so 4 for `int x : 3`). */
  readonly size: number;
}
