import { EventBuffer } from "./event_buffer";

/** The first buffer of this module; the others follow by {@link EventBuffer.next}, in the order in which they were made. */
export let firstBuffer: EventBuffer | null = null;
let lastBuffer: EventBuffer | null = null;

/** Makes a buffer known to `poll()` and `run()`. */
export function registerBuffer(buffer: EventBuffer): void {
  const last = lastBuffer;
  if (last !== null) last.next = buffer;
  else firstBuffer = buffer;
  lastBuffer = buffer;
}
