import { BpfObject } from "../object/bpf_object";
import { LoadStep } from "../object/load_step";
import { BpfMap } from "./bpf_map";

/**
 * Takes key and value size from a ring buffer map before the load, or sets them to `size`: 4 for a perf event array. In C, `__type(value, struct event)` tells what its records are; the kernel wants both to be 0
 * (`ringbuf_map_alloc` in `kernel/bpf/ringbuf.c`).
 */
export class ClearSizes extends LoadStep {
  constructor(
    readonly object: BpfObject,
    readonly name: string,
    readonly size: u32 = 0,
  ) {
    super();
  }

  beforeLoad(): i32 {
    const map = new BpfMap(this.object, this.name, 0, 0);
    const error = map.setKeySize(this.size);
    return error < 0 ? error : map.setValueSize(this.size);
  }
}
