/**
 * Modules that share a thread with others (docs/build.md, "Sharing a thread").
 *
 * @module
 */

export { PARK_TEXT } from "./park.js";
export { sharedTransform } from "./transform.js";
