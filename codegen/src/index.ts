/**
 * Reads BPF objects and BTF, writes typed bindings, compiles a tool into one Wasm module.
 *
 * @module
 */

export * from "./btf/index.js";
export {
  ABI_VERSION,
  type BuildOptions,
  type BuildResult,
  type BuiltObject,
  build,
} from "./build/index.js";
export * from "./elf/index.js";
export {
  type BindingOptions,
  type Bindings,
  generateBindings,
  generateTypes,
  type TypeOptions,
} from "./emit/index.js";
export { generateHostBindings, generateHostTypes } from "./emit-host/index.js";
export { CodegenError, FormatError } from "./errors.js";
export * from "./layout/index.js";
export * from "./object/index.js";
