import { random_get } from "./wasi";

const cell: usize = memory.data(8, 8);

/** 64 random bits from the operating system. */
export function randomU64(): u64 {
  random_get(cell, 8);
  return load<u64>(cell);
}
