/** `XDP_FLAGS_*` of `include/uapi/linux/if_link.h`. */
export namespace xdpFlags {
  /** In the kernel's generic path: for every interface, and slower. */
  export const SKB_MODE: u32 = 2;
  /** In the driver. */
  export const DRV_MODE: u32 = 4;
  /** In the hardware. */
  export const HW_MODE: u32 = 8;
}

/** Where among the programs of a tcx or netkit interface: `BPF_F_*` of `include/uapi/linux/bpf.h`. */
export namespace linkFlags {
  /** Before all others. */
  export const BEFORE: u32 = 8;
  /** After all others. */
  export const AFTER: u32 = 16;
}

/** Which way packets go through an interface; the values of {@link TcOptions} and `attachTcx`. */
export namespace direction {
  /** As the program's section says. */
  export const SECTION: u32 = 0;
  export const INGRESS: u32 = 1;
  export const EGRESS: u32 = 2;
}

/** Which of a pair of netkit interfaces. */
export namespace netkitSide {
  /** As the program's section says. */
  export const SECTION: u32 = 0;
  export const PRIMARY: u32 = 1;
  export const PEER: u32 = 2;
}

/** A classic filter in the kernel's traffic control; `bpf_tc_opts`. With any of these no tcx link is used. */
export class TcOptions {
  /** 0: the kernel chooses. */
  handle: u32 = 0;
  /** The lowest runs first. 0: the kernel chooses. */
  priority: u32 = 0;
  /** A classic filter even where the kernel has tcx. */
  classic: bool = false;
}

/** Where in netfilter; `bpf_netfilter_opts`. Linux 6.4. */
export class NetfilterOptions {
  /** `NFPROTO_IPV4` 2, `NFPROTO_IPV6` 10. */
  pf: u32 = 2;
  /** `NF_INET_*`: 0 pre-routing, 1 local in, 2 forward, 3 local out, 4 post-routing. */
  hooknum: u32 = 1;
  /** The lowest runs first. */
  priority: i32 = 0;
  /** 1: fragments arrive put together (`BPF_F_NETFILTER_IP_DEFRAG`, Linux 6.6). */
  flags: u32 = 0;
}
