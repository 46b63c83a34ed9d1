import { BpfMap } from "../map/bpf_map";

/** What an iterator walks over; `bpf_iter_attach_opts` and `union bpf_iter_link_info`. All of it is optional. */
export class IterOptions {
  /** For `iter/bpf_map_elem`: the map. */
  map: BpfMap | null = null;
  /** For `iter/cgroup` (Linux 6.1): where to begin. */
  cgroup: string = "";
  /** `enum bpf_cgroup_iter_order`: 1 this cgroup alone, 2 it and what is below, 3 the same from below, 4 it and those above; 0: no cgroup. */
  order: u32 = 0;
  /** For the task iterators (Linux 6.2): only this thread. */
  tid: u32 = 0;
  /** For the task iterators: only this process. */
  pid: u32 = 0;
}
