import type { NumberType, ScalarShape, Shape } from "../emit/shape.js";

/** What stands in TypeScript for a scalar. 64 bits do not fit a number. */
export function scalarType(type: NumberType): "number" | "bigint" | "boolean" {
  if (type === "bool") return "boolean";
  return type === "i64" || type === "u64" ? "bigint" : "number";
}

/** What a value of this shape is in TypeScript: a number type, or the name of its class. */
export function valueType(shape: Shape): string {
  return shape.kind === "view" ? shape.name : scalarType(shape.type);
}

/** The part of the names of DataView's methods that says the type. */
const METHODS: Readonly<Record<NumberType, string>> = {
  bool: "Uint8",
  i8: "Int8",
  u8: "Uint8",
  i16: "Int16",
  u16: "Uint16",
  i32: "Int32",
  u32: "Uint32",
  i64: "BigInt64",
  u64: "BigUint64",
  f32: "Float32",
  f64: "Float64",
};

/** An expression that reads a scalar from a DataView. */
export function readScalar(
  shape: ScalarShape,
  view: string,
  offset: string | number,
  little: boolean,
): string {
  const order = shape.size === 1 ? "" : `, ${little}`;
  const value = `${view}.get${METHODS[shape.type]}(${offset}${order})`;
  return shape.type === "bool" ? `${value} !== 0` : value;
}

/** A statement that writes one. What does not fit is cut to the type's bits, as C does. */
export function writeScalar(
  shape: ScalarShape,
  view: string,
  offset: string | number,
  value: string,
  little: boolean,
): string {
  const order = shape.size === 1 ? "" : `, ${little}`;
  const number = shape.type === "bool" ? `${value} ? 1 : 0` : value;
  return `${view}.set${METHODS[shape.type]}(${offset}, ${number}${order});`;
}
