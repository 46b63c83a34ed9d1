import { addressOf } from "../abi/memory";
import { map_set_initial_value } from "../abi/wbpf";
import { probe_map_type } from "../abi/wbpf_features";
import { BpfMap } from "../map/bpf_map";
import { BpfObject } from "../object/bpf_object";
import { LoadStep } from "../object/load_step";
import { Drops } from "./drops";

/** `enum bpf_map_type` */
const PERF_EVENT_ARRAY: u32 = 4;
const RINGBUF: i32 = 27;

const NO = new StaticArray<u32>(1);

/** Decides before the load which kind of buffer a `WBPF_EVENT_BUFFER` is, and tells the program. */
export class BufferKind extends LoadStep {
  ring: bool = true;
  readonly drops: Drops;

  constructor(
    readonly object: BpfObject,
    readonly name: string,
  ) {
    super();
    this.drops = new Drops(object, name);
  }

  beforeLoad(): i32 {
    // An answer that could not be had (a negative errno) is no reason to do without.
    const has = probe_map_type(RINGBUF) != 0;
    // A kernel with ring buffers (5.8) has mmapable arrays (5.5).
    const prepared = this.drops.prepare(has);
    if (prepared < 0) return prepared;
    if (!has) this.ring = false;
    if (this.ring) return 0;
    const map = new BpfMap(this.object, this.name, 4, 4);
    let error = map.setType(PERF_EVENT_ARRAY);
    if (error >= 0) error = map.setKeySize(4);
    if (error >= 0) error = map.setValueSize(4);
    // libbpf makes it as many as there are CPUs.
    if (error >= 0) error = map.setMaxEntries(0);
    if (error < 0) return error;
    const section = this.object.findMap(".rodata." + this.name);
    return section < 0 ? section : map_set_initial_value(section, 0, addressOf(NO), 4);
  }

  afterLoad(): i32 {
    this.drops.settle();
    return 0;
  }
}
