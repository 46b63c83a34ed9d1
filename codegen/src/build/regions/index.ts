/**
 * Modules in which nothing has to be collected (docs/build.md, "Memory").
 *
 * @module
 */

export { NeedsCollector, regionsTransform } from "./transform.js";
