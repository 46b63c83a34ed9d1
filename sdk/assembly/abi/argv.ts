/**
 * The module's name and its arguments as the host gives them: UTF-8 that ends with NUL, in memory that is never given back.
 *
 * @module
 */
import { keep } from "./region";
import { args_get, args_sizes_get } from "./wasi";

const sizes: usize = memory.data(8, 4);
let pointers: usize = 0;
let count: i32 = -1;

/** How many there are, the name among them. They are read the first time. */
export function argumentCount(): i32 {
  if (count < 0) {
    count = 0;
    if (args_sizes_get(sizes, sizes + 4) != 0) return 0;
    const number = load<i32>(sizes);
    pointers = heap.alloc(((<usize>number) << 3) + <usize>load<i32>(sizes, 4));
    keep();
    memory.fill(pointers, 0, (<usize>number) << 3);
    if (args_get(pointers, pointers + ((<usize>number) << 3)) == 0) count = number;
  }
  return count;
}

/** The address of an argument. */
export function argument(index: i32): usize {
  return <usize>load<u32>(pointers + ((<usize>index) << 2));
}

/** Whether somebody has taken an argument. */
export function isTaken(index: i32): bool {
  return load<bool>(mark(index));
}

/** Takes an argument. */
export function setTaken(index: i32): void {
  store<bool>(mark(index), true);
}

/** The marks stand between the pointers and the texts. */
function mark(index: i32): usize {
  return pointers + ((<usize>count) << 2) + <usize>index;
}
