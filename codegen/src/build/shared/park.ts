/** Bytes that the host has for the stack of a suspended module, and for the head of Asyncify's structure. */
const PARK_SIZE = 4096;

/** Text by which the entry has that memory and exports its address. It is no object: neither the collector nor a region knows of it. */
export const PARK_TEXT = `export const wbpf_park: usize = memory.data(${PARK_SIZE}, 8);\n`;
