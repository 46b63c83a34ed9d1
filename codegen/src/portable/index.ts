/**
 * `wbpf build --portable`: modules for the published `wasm_bpf` ABI.
 *
 * @module
 */

export { PortableTarget } from "./target.js";
