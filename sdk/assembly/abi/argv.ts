import { readText } from "../view/text";
import { args_get, args_sizes_get } from "./wasi";

/** The module's name and its arguments, as the host gives them. */
export function readArguments(): string[] {
  const sizes = memory.data(8, 4);
  if (args_sizes_get(sizes, sizes + 4) != 0) return [];
  const count = load<i32>(sizes);
  const pointers = heap.alloc(<usize>count * 4 + 4);
  const bytes = heap.alloc(<usize>load<i32>(sizes, 4) + 1);
  const result = new Array<string>();
  if (args_get(pointers, bytes) == 0) {
    for (let i = 0; i < count; i++) {
      const text = <usize>load<u32>(pointers + (<usize>i << 2));
      result.push(readText(text, usize.MAX_VALUE));
    }
  }
  heap.free(pointers);
  heap.free(bytes);
  return result;
}
