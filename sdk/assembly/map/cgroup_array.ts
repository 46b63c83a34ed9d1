import { updateCgroup } from "../abi/map_calls";
import { BpfObject } from "../object/bpf_object";
import { KeyedMap } from "./keyed_map";

/** A `CGROUP_ARRAY`: the cgroups that `bpf_current_task_under_cgroup()` and `bpf_skb_under_cgroup()` ask about (kernel 4.8 or newer). */
export class CgroupArray extends KeyedMap<u32> {
  constructor(object: BpfObject, name: string, valueSize: i32) {
    super(object, name, 4, valueSize);
  }

  /** Puts a cgroup in it. The path is absolute, or below where the cgroup file system (version 2) is mounted. 0, or a negative errno. */
  update(index: u32, path: string): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    const result = updateCgroup(handle, this.keyAddress(index), path);
    return result < 0 ? this.failed(result) : result;
  }
}
