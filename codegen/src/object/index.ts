/**
 * Reads BPF objects: programs, maps, global variables.
 *
 * @module
 */

export { BpfObjectFile } from "./object.js";
export type { SectionKind } from "./section-kinds.js";
export type * from "./types.js";
