/**
 * Writes bindings: AssemblyScript source for the module, from what an object or a BTF says.
 *
 * @module
 */

export { type BindingOptions, type Bindings, generateBindings } from "./bindings.js";
export { generateTypes, type TypeOptions } from "./types.js";
