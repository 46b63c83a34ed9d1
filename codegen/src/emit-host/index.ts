/**
 * Writes bindings for programs on the host: TypeScript over DataView.
 *
 * @module
 */

export { generateHostBindings, generateHostTypes } from "./bindings.js";
