/**
 * What generated views are made with.
 *
 * @module
 */

export { checkIndex } from "./bounds";
export { Int128 } from "./int128";
export { Scalar } from "./scalar";
export { readText, textLength, writeText } from "./text";
export { zeroed } from "./zeroed";
