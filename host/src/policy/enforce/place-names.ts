/** `PERF_TYPE_*` of `include/uapi/linux/perf_event.h`. */
const PERF_TYPES = ["hardware", "software", "tracepoint", "hw_cache", "raw", "breakpoint"];
/** `NFPROTO_*`. */
const FAMILIES: Readonly<Record<number, string>> = { 2: "ipv4", 10: "ipv6" };
/** `NF_INET_*`. */
const HOOKS = ["pre_routing", "local_in", "forward", "local_out", "post_routing"];
/** `XDP_FLAGS_*` of `include/uapi/linux/if_link.h`. */
const XDP_MODES: Readonly<Record<number, string>> = { 2: "generic", 4: "native", 8: "offload" };

/** `software/0`: a type of perf event and its number there. */
export const perfEventName = (type: number, config: bigint): string =>
  `${PERF_TYPES[type] ?? type}/${config}`;

/** `ipv4/local_in`. */
export const hookName = (family: number, hook: number): string =>
  `${FAMILIES[family] ?? family}/${HOOKS[hook] ?? hook}`;

/** `undefined`: the kernel chooses. */
export const xdpMode = (flags: number): string | undefined => XDP_MODES[flags & 14];
