import { EventBuffer } from "./event_buffer";

/** All buffers of this module, in the order in which they were made. */
export const buffers: EventBuffer[] = [];

/** Makes a buffer known to `poll()` and `run()`. */
export function registerBuffer(buffer: EventBuffer): void {
  buffers.push(buffer);
}
