/**
 * Texts of a module, made small (docs/build.md, "Texts").
 *
 * @module
 */

export { packTexts } from "./transform.js";
