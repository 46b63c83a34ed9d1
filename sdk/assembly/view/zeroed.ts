/** New memory for a view, all bytes zero: one byte at the least, so that no two have the same address. It stays until `heap.free()`. */
export function zeroed(size: usize): usize {
  const address = heap.alloc(size == 0 ? 1 : size);
  memory.fill(address, 0, size);
  return address;
}
