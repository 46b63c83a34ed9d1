import { keep } from "../abi/region";
import { map_live_info } from "../abi/wbpf";

/** Words that `map_live_info` writes (docs/abi.md). */
const INFO_WORDS: i32 = 2;
const info: usize = memory.data(INFO_WORDS << 2, 4);

/**
 * Memory in whose place a map can be put (docs/abi.md, "Live maps"): whole pages that nothing else uses. It is never given back, because the allocator must
 * not touch it again.
 * @param map the host's handle
 * @returns its address, or 0: this map or this host has no such thing, and the calls of the map are the way
 */
export function reserveLive(map: i32): usize {
  if (map_live_info(map, info, INFO_WORDS << 2) < INFO_WORDS << 2) return 0;
  const alignment = <usize>load<u32>(info, 4);
  const block = heap.alloc(<usize>load<u32>(info) + alignment);
  keep();
  return (block + alignment - 1) & ~(alignment - 1);
}
