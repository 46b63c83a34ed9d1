import { Kind } from "../abi/kinds";
import { Options, options } from "../abi/options";
import { program_attach, program_attach_to } from "../abi/wbpf";
import { IterOptions } from "../attach/iter_options";
import { NetfilterOptions, TcOptions } from "../attach/network_options";
import { PerfEventOptions } from "../attach/perf_event_options";
import {
  KprobeMultiOptions,
  KprobeOptions,
  UprobeMultiOptions,
  UprobeOptions,
} from "../attach/probe_options";
import { clearLastError } from "../errors/last_error";
import { BpfLink } from "../link/bpf_link";
import { BpfMap } from "../map/bpf_map";
import { BpfObject } from "../object/bpf_object";
import { ProgramControl } from "./program_control";

/**
 * A `bpf_program`: one program of an object, by the name of its C function.
 *
 * Each `attach…` gives a link, or null after a failure: {@link error} has the errno, `lastError()` the sentence. A program may be attached to several places; each link
 * is destroyed alone, or with the others by {@link detach}.
 */
export class BpfProgram extends ProgramControl {
  /** The object's program after it. */
  next: BpfProgram | null = null;
  /** Whether {@link BpfObject.attach} attaches it; `bpf_program__set_autoattach`. */
  autoattach: bool = true;
  /** The latest of its links, null before the first. */
  link: BpfLink | null = null;
  /** All of its links, the latest first. */
  private links: BpfLink | null = null;

  constructor(object: BpfObject, name: string, section: string) {
    super(object, name, section);
    object.addProgram(this);
  }

  /** By its `SEC()`; `bpf_program__attach`. */
  attach(): BpfLink | null {
    const handle = this.handle;
    if (handle < 0) return null;
    clearLastError();
    return this.attached(program_attach(handle));
  }

  /** Destroys all its links. */
  detach(): void {
    let link: BpfLink | null = this.links;
    while (link !== null) {
      link.destroy();
      link = link.earlier;
    }
    this.links = null;
    this.link = null;
  }

  /** `bpf_program__attach_tracepoint_opts`: such as `("syscalls", "sys_enter_openat")`. A cookie needs Linux 5.15. */
  attachTracepoint(category: string, name: string, cookie: u64 = 0): BpfLink | null {
    return this.to(Kind.TRACEPOINT, options().text(category).text(name).u64(cookie));
  }

  /** `bpf_program__attach_raw_tracepoint_opts`: such as `"sched_switch"`. A cookie needs Linux 6.10. */
  attachRawTracepoint(name: string, cookie: u64 = 0): BpfLink | null {
    return this.to(Kind.RAW_TRACEPOINT, options().text(name).u64(cookie));
  }

  /** `bpf_program__attach_kprobe_opts`: a function of the kernel. */
  attachKprobe(funcName: string, opts: KprobeOptions = new KprobeOptions()): BpfLink | null {
    const fields = options().text(funcName).u64(opts.offset).u64(opts.cookie);
    return this.to(Kind.KPROBE, fields.flag(this.returns(opts.retprobe)));
  }

  /** `bpf_program__attach_kprobe_multi_opts`: all functions of the kernel that match, or those that the options list. Linux 5.18. */
  attachKprobeMulti(
    pattern: string,
    opts: KprobeMultiOptions = new KprobeMultiOptions(),
  ): BpfLink | null {
    const fields = options().text(pattern).texts(opts.syms).numbers(opts.cookies);
    return this.to(Kind.KPROBE_MULTI, fields.flag(this.returns(opts.retprobe)));
  }

  /** `bpf_program__attach_ksyscall`: the kernel's function for a system call, such as `"openat"`. */
  attachKsyscall(syscallName: string, opts: KprobeOptions = new KprobeOptions()): BpfLink | null {
    const fields = options().text(syscallName).u64(opts.cookie);
    return this.to(Kind.KSYSCALL, fields.flag(this.returns(opts.retprobe)));
  }

  /** `bpf_program__attach_uprobe_opts`: a place in an ELF file. A name without a slash is looked for as the dynamic linker, or the shell, would. */
  attachUprobe(binaryPath: string, opts: UprobeOptions): BpfLink | null {
    const fields = options().text(binaryPath).text(opts.funcName).u64(opts.offset);
    fields.u64(opts.cookie).i32(opts.pid).flag(this.returns(opts.retprobe));
    return this.to(Kind.UPROBE, fields);
  }

  /** `bpf_program__attach_uprobe_multi`: all functions of an ELF file that match, or those that the options list. Linux 6.6. */
  attachUprobeMulti(
    binaryPath: string,
    pattern: string,
    opts: UprobeMultiOptions = new UprobeMultiOptions(),
  ): BpfLink | null {
    const fields = options().text(binaryPath).text(pattern).texts(opts.syms);
    fields.numbers(opts.offsets).numbers(opts.cookies).i32(opts.pid);
    return this.to(Kind.UPROBE_MULTI, fields.flag(this.returns(opts.retprobe)));
  }

  /** `bpf_program__attach_usdt`: a static probe of an ELF file. `pid` as in {@link UprobeOptions}. */
  attachUsdt(
    binaryPath: string,
    provider: string,
    name: string,
    pid: i32 = -1,
    cookie: u64 = 0,
  ): BpfLink | null {
    const fields = options().text(binaryPath).text(provider).text(name);
    return this.to(Kind.USDT, fields.u64(cookie).i32(pid));
  }

  /** `bpf_program__attach_perf_event_opts`, with the event: at each of its samples. */
  attachPerfEvent(opts: PerfEventOptions): BpfLink | null {
    const fields = options().u32(opts.type).u64(opts.config).u64(opts.frequency).u64(opts.period);
    return this.to(Kind.PERF_EVENT, fields.u64(opts.cookie).i32(opts.pid).i32(opts.cpu));
  }

  /** `bpf_program__attach_trace_opts`: fentry, fexit, fmod_ret and tp_btf, at what was chosen before load. A cookie needs Linux 5.19. */
  attachTrace(cookie: u64 = 0): BpfLink | null {
    return this.to(Kind.TRACE, options().u64(cookie));
  }

  /** `bpf_program__attach_lsm`: at the hook that was chosen before load. Linux 5.7. */
  attachLsm(): BpfLink | null {
    return this.to(Kind.LSM, options());
  }

  /** `bpf_program__attach_freplace`: in place of a function of a loaded program. Linux 5.10. */
  attachFreplace(target: ProgramControl, funcName: string): BpfLink | null {
    const handle = target.handle;
    if (handle < 0) return this.attached(handle);
    return this.to(Kind.FREPLACE, options().i32(handle).text(funcName));
  }

  /** `bpf_program__attach_iter`: its output comes with {@link BpfLink.read}. Linux 5.8. */
  attachIter(opts: IterOptions = new IterOptions()): BpfLink | null {
    const map = opts.map;
    const handle = map === null ? 0 : map.handle;
    if (handle < 0) return this.attached(handle);
    const fields = options().i32(handle).text(opts.cgroup).u32(opts.order);
    return this.to(Kind.ITER, fields.u32(opts.tid).u32(opts.pid));
  }

  /** `bpf_program__attach_xdp`: an interface's index, from {@link interfaceIndex}; flags are {@link xdpFlags}. Linux 5.9. */
  attachXdp(ifindex: i32, flags: u32 = 0): BpfLink | null {
    return this.to(Kind.XDP, options().i32(ifindex).u32(flags));
  }

  /**
   * `bpf_tc_attach`: by a tcx link where the kernel has that and the options do not ask for a classic filter. A classic filter is left behind when the host is killed
   * (SIGKILL); nothing else is.
   * @param side {@link direction}
   */
  attachTc(ifindex: i32, side: u32, opts: TcOptions = new TcOptions()): BpfLink | null {
    const fields = options().i32(ifindex).u32(side).u32(opts.handle).u32(opts.priority);
    return this.to(Kind.TC, fields.flag(opts.classic));
  }

  /** `bpf_program__attach_tcx`: `side` is a {@link direction}, `flags` are {@link linkFlags}. Linux 6.6. */
  attachTcx(ifindex: i32, side: u32 = 0, flags: u32 = 0): BpfLink | null {
    return this.to(Kind.TCX, options().i32(ifindex).u32(side).u32(flags));
  }

  /** `bpf_program__attach_netkit`: `side` is a {@link netkitSide}, the index the primary interface's. Linux 6.7. */
  attachNetkit(ifindex: i32, side: u32 = 0, flags: u32 = 0): BpfLink | null {
    return this.to(Kind.NETKIT, options().i32(ifindex).u32(side).u32(flags));
  }

  /** `bpf_program__attach_netfilter`. Linux 6.4. */
  attachNetfilter(opts: NetfilterOptions): BpfLink | null {
    const fields = options().u32(opts.pf).u32(opts.hooknum).i32(opts.priority);
    return this.to(Kind.NETFILTER, fields.u32(opts.flags));
  }

  /** `bpf_program__attach_cgroup`: a cgroup's folder, absolute or below where cgroups (version 2) are mounted. Linux 5.7. */
  attachCgroup(path: string): BpfLink | null {
    return this.to(Kind.CGROUP, options().text(path));
  }

  /** `bpf_program__attach_sockmap`: the sockets in a sockmap or sockhash. */
  attachSockmap(map: BpfMap): BpfLink | null {
    const handle = map.handle;
    if (handle < 0) return this.attached(handle);
    return this.to(Kind.SOCKMAP, options().i32(handle));
  }

  /** `bpf_program__attach_netns`: a network namespace, such as `/run/netns/blue`; empty: the host's. Linux 5.8. */
  attachNetns(path: string = ""): BpfLink | null {
    return this.to(Kind.NETNS, options().text(path));
  }

  /** Sees every packet of an interface (0: of all), as with `SO_ATTACH_BPF` on a packet socket of its own. */
  attachSocketFilter(ifindex: i32): BpfLink | null {
    return this.to(Kind.SOCKET_FILTER, options().i32(ifindex));
  }

  /** Whether a probe fires at the return: a program for that always does. */
  private returns(asked: bool): bool {
    return asked || this.section.startsWith("kret") || this.section.startsWith("uret");
  }

  private to(kind: i32, fields: Options): BpfLink | null {
    const address = fields.address;
    const length = fields.length;
    const handle = this.handle;
    if (handle < 0) return null;
    clearLastError();
    return this.attached(program_attach_to(handle, kind, address, length));
  }

  private attached(result: i32): BpfLink | null {
    if (result < 0) {
      this.failed(result);
      return null;
    }
    const link = new BpfLink(result);
    link.earlier = this.links;
    this.links = link;
    this.link = link;
    return link;
  }
}
