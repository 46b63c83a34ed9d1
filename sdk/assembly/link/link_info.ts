/** What the kernel says of a link: the fields of `struct bpf_link_info` that all types share, and where it leads. */
export class LinkInfo {
  constructor(
    /** `enum bpf_link_type`. */
    readonly type: u32,
    readonly id: u32,
    readonly progId: u32,
    /** `enum bpf_attach_type`, -1 where the kernel does not tell. */
    readonly attachType: i32,
    /** An interface's index, a cgroup's id, a network namespace's inode, a map's id; 0 for other types. */
    readonly target: u64,
  ) {}
}
