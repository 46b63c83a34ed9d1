import { BpfObject } from "../object/bpf_object";
import { LoadStep } from "../object/load_step";
import { BpfMap } from "./bpf_map";

/**
 * Takes key and value size from a ring buffer map before the load. In C, `__type(value, struct event)` tells what its records are; the kernel wants both to be 0
 * (`ringbuf_map_alloc` in `kernel/bpf/ringbuf.c`).
 */
export class ClearSizes extends LoadStep {
  constructor(
    readonly object: BpfObject,
    readonly name: string,
  ) {
    super();
  }

  beforeLoad(): i32 {
    const map = new BpfMap(this.object, this.name, 0, 0);
    const error = map.setKeySize(0);
    return error < 0 ? error : map.setValueSize(0);
  }
}
