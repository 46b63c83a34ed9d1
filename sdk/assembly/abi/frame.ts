/**
 * A batch is a row of frames as the kernel's ring buffer lays them out (docs/abi.md): `u32 length | flags`, `u32 aux`, payload, padding to 8.
 *
 * @module
 */

/** Bytes before the payload: `BPF_RINGBUF_HDR_SZ` in `include/uapi/linux/bpf.h`. */
export const HEADER: usize = 8;
/** The record was discarded: `BPF_RINGBUF_DISCARD_BIT`. */
export const SKIP: u32 = 0x4000_0000;
/** The bits of the length. */
export const LENGTH: u32 = 0x3fff_ffff;

/** Bytes from a frame with this header to the next. */
@inline
export function frameSize(header: u32): usize {
  return ((<usize>(header & LENGTH)) + 15) & ~7;
}
