import { native } from "./native.js";

/** What can be done with an element of a map: `enum bpf_cmd` of `include/uapi/linux/bpf.h`, and a number of our own. See host/addon/src/mailbox.cc. */
export const MapOperation = {
  lookup: 1,
  update: 2,
  delete: 3,
  nextKey: 4,
  lookupAndDelete: 21,
  keyAfter: 100,
} as const;

/** Nothing until the first operation, so that this file can be read where there is no addon. */
let words = new Int32Array();
let run: (() => void) | undefined;

function open(): () => void {
  const mailbox = native().openMailbox();
  words = new Int32Array(mailbox.words);
  run = mailbox.operate;
  return run;
}

/**
 * Does something with an element of a map. The numbers go through memory that the addon shares, not through the call: after a system call, that is a third cheaper.
 * @param map its number in the addon; one that no map has gives `-EBADF`
 * @returns what bpf(2) returned, or a negative errno
 */
export function operate(
  map: number,
  operation: number,
  key: number,
  value: number,
  flags: number,
): number {
  const call = run ?? open();
  words[0] = map;
  words[1] = operation;
  words[2] = key;
  words[3] = value;
  words[4] = flags;
  call();
  return words[5] as number;
}
