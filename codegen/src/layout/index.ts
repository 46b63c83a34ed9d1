/**
 * Shows where the fields of types stand.
 *
 * @module
 */

export { type LayoutOptions, layoutText, registerLayout } from "./command.js";
export { type Layout, type LayoutMember, layoutOf } from "./layout.js";
export { printType } from "./print.js";
export { readTypeSource, type TypeSource } from "./source.js";
