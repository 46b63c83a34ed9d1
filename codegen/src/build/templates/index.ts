/**
 * Template literals without a string for each part (docs/build.md, "Texts").
 *
 * @module
 */

export { templatesTransform } from "./transform.js";
