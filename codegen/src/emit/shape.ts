import type { TypeId } from "../btf/types.js";

/** Number types of AssemblyScript that a C scalar becomes. */
export type NumberType =
  | "bool"
  | "i8"
  | "i16"
  | "i32"
  | "i64"
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | "f32"
  | "f64";

/** A number, a pointer (as `u64`), an enum's value: what is loaded and stored in one go. */
export interface ScalarShape {
  readonly kind: "scalar";
  readonly type: NumberType;
  readonly size: number;
  /** Name of the namespace with an enum's constants. */
  readonly enumName?: string;
}

/** Bytes that are looked at through a class. */
export interface ViewShape {
  readonly kind: "view";
  readonly name: string;
  readonly size: number;
  /** Whether it is an array of `char`: its fields read as strings. */
  readonly text: boolean;
}

/** What a C type becomes. */
export type Shape = ScalarShape | ViewShape;

/** A struct or union to be emitted. */
export interface CompositeItem {
  readonly kind: "composite";
  readonly name: string;
  readonly type: TypeId;
}

/** An array type to be emitted. */
export interface ArrayItem {
  readonly kind: "array";
  readonly name: string;
  readonly element: Shape;
  /** In C, such as `__u32 [4]`. */
  readonly declaration: string;
  /** 0: as long as the data that it stands in. */
  readonly length: number;
  readonly stride: number;
}

/** An enum to be emitted. */
export interface EnumItem {
  readonly kind: "enum";
  readonly name: string;
  readonly type: TypeId;
  readonly number: NumberType;
}

export type TypeItem = CompositeItem | ArrayItem | EnumItem;

/** The integer type of a size in bytes: 1, 2, 4 or 8. */
export function integerType(size: number, signed: boolean): NumberType {
  return `${signed ? "i" : "u"}${size * 8}` as NumberType;
}
