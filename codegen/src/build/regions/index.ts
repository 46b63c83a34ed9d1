/**
 * Modules in which nothing has to be collected (docs/build.md, "Memory").
 *
 * @module
 */

export { RUNTIME_TEXT } from "./runtime.js";
export { NeedsCollector, regionsTransform } from "./transform.js";
