/** Numbers of the BTF format, from `include/uapi/linux/btf.h`. */

export const MAGIC = 0xeb9f;
export const VERSION = 1;
/** Size of `struct btf_header` in version 1; a later kernel may append to it. */
export const HEADER_SIZE = 24;
/** `struct btf_type`: name, info, size or type. */
export const TYPE_SIZE = 12;

/** `BTF_KIND_*` by number. */
export const KINDS = [
  "VOID",
  "INT",
  "PTR",
  "ARRAY",
  "STRUCT",
  "UNION",
  "ENUM",
  "FWD",
  "TYPEDEF",
  "VOLATILE",
  "CONST",
  "RESTRICT",
  "FUNC",
  "FUNC_PROTO",
  "VAR",
  "DATASEC",
  "FLOAT",
  "DECL_TAG",
  "TYPE_TAG",
  "ENUM64",
] as const;

/** `BTF_KIND_*` by name. */
export const Kind = {
  INT: 1,
  PTR: 2,
  ARRAY: 3,
  STRUCT: 4,
  UNION: 5,
  ENUM: 6,
  FWD: 7,
  TYPEDEF: 8,
  VOLATILE: 9,
  CONST: 10,
  RESTRICT: 11,
  FUNC: 12,
  FUNC_PROTO: 13,
  VAR: 14,
  DATASEC: 15,
  FLOAT: 16,
  DECL_TAG: 17,
  TYPE_TAG: 18,
  ENUM64: 19,
} as const;

/** Bytes that follow `struct btf_type` once, by kind number. */
export const EXTRA_SIZE = [0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0] as const;

/** Bytes that follow `struct btf_type` for each of its `vlen` items, by kind number. */
export const ITEM_SIZE = [0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12] as const;

/** Whether `size_or_type` is a type id, by kind number. */
export const REFERS = [0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0] as const;

/** `BTF_INT_SIGNED` and its like. */
export const INT_SIGNED = 1;
export const INT_CHAR = 2;
export const INT_BOOL = 4;

/** `BTF_VAR_*` and `BTF_FUNC_*`, which have the same numbers. */
export const LINKAGES = ["static", "global", "extern"] as const;
