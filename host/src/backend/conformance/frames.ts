/** One record of a batch, as docs/abi.md lays it out. */
export interface Frame {
  readonly at: number;
  readonly length: number;
  readonly discarded: boolean;
  readonly aux: number;
}

/** The frames of a batch of `size` bytes at `start`. @throws Error if they do not fill it exactly, or one is still busy */
export function framesOf(view: DataView, start: number, size: number): Frame[] {
  const frames: Frame[] = [];
  let at = start;
  while (at < start + size) {
    const header = view.getUint32(at, true);
    if (header >>> 31 !== 0) throw new Error(`frame at ${at} is busy`);
    const length = header & 0x3fffffff;
    frames.push({
      at: at + 8,
      length,
      discarded: (header & 0x40000000) !== 0,
      aux: view.getUint32(at + 4, true),
    });
    at += (length + 15) & ~7;
  }
  if (at !== start + size)
    throw new Error(`the last frame ends at ${at}, the batch at ${start + size}`);
  return frames;
}
