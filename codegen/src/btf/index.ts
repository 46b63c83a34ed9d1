/**
 * Reads BTF: the types of BPF objects, of kernels and of kernel modules.
 *
 * @module
 */

export { readBits } from "./bits.js";
export { Btf, type BtfOptions } from "./btf.js";
export type * from "./types.js";
