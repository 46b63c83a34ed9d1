/**
 * libbpf's nouns for the control plane of an eBPF tool, in AssemblyScript. A tool imports this and its generated skeleton, and nothing else.
 *
 * @module
 */

export { randomU64 } from "./abi/random";
export { ABI_VERSION } from "./abi/wbpf";
export { args } from "./args/args";
export { EventBuffer } from "./buffer/event_buffer";
export { every, poll, run } from "./buffer/poll";
export { RingBuffer } from "./buffer/ring_buffer";
export { console } from "./console/console";
export { errno, errnoName } from "./errors/errno";
export { fail, lastError } from "./errors/last_error";
export { BpfLink } from "./link/bpf_link";
export { BpfObject } from "./object/bpf_object";
export { LoadStep } from "./object/load_step";
export { BpfProgram } from "./program/bpf_program";
export { exit } from "./start";
export { time } from "./time/time";
