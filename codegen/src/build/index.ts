export { build } from "./build.js";
export type { BuildOptions, BuildResult, BuiltObject } from "./options.js";
export { ABI_VERSION, describe, type ModuleDescription } from "./section.js";
