import { poll_oneoff } from "../abi/wasm_bpf";
import { errno } from "../errors/errno";

/** A `subscription` (48 bytes) and an `event` (32 bytes) of WASI preview 1, and a count. */
const subscription: usize = memory.data(48, 8);
const event: usize = memory.data(32, 8);
const written: usize = memory.data(8, 8);
const CLOCK_MONOTONIC: u32 = 1;
const NS_PER_MS: u64 = 1_000_000;
/** For ever, in one piece that every host's clock can count to: about a day. */
const LONGEST: i32 = 100_000_000;
/** `errno` of WASI: the host was asked to stop. */
const WASI_INTR: i32 = 27;

/** Waits without a buffer. 0 once the time is over, `-ECANCELED` when the host ends the sleep early. */
export function sleep(timeoutMs: i32): i32 {
  memory.fill(subscription, 0, 48);
  store<u32>(subscription, CLOCK_MONOTONIC, 16);
  do {
    const part = timeoutMs < 0 ? LONGEST : timeoutMs;
    store<u64>(subscription, <u64>part * NS_PER_MS, 24);
    const result = poll_oneoff(subscription, event, 1, written);
    if (result == WASI_INTR) return -errno.ECANCELED;
    if (result != 0) return -errno.EIO;
  } while (timeoutMs < 0);
  return 0;
}
