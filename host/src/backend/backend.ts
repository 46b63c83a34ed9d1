/**
 * What the rest of the host asks of whatever runs BPF programs. The kernel through libbpf is the first backend; nothing above this file knows which one it
 * has. Every backend passes the same conformance suite (`conformance.ts`).
 *
 * Calls that happen a few times in a module's life throw a {@link BpfError}. Calls that happen per record or per map operation return a number: zero or positive
 * on success, a negative errno on failure, so that nothing is allocated.
 *
 * @module
 */

import type { AttachOptions } from "./attach/options.js";
import type { LinkInfo, MapProperty, ProgramInfo, ProgramProperty } from "./control.js";

export type { AttachKind, AttachOptions } from "./attach/options.js";
export type { LinkInfo, MapProperty, ProgramInfo, ProgramProperty } from "./control.js";

/** A failure of a backend, as an errno and one sentence. */
export class BpfError extends Error {
  override readonly name = "BpfError";
  /** The symbolic errno, such as `"EPERM"`. */
  readonly code: string;
  /** The positive errno number. */
  readonly errno: number;
  /** Everything there is to know, if that is more than the message: the verifier's whole log. */
  readonly detail: string | undefined;

  constructor(
    errno: number,
    code: string,
    message: string,
    options: { detail?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.errno = errno;
    this.code = code;
    this.detail = options.detail;
  }
}

export interface Backend {
  /** As `--backend` names it, such as `"kernel"`. */
  readonly name: string;
  /** All that one module instance opens lives in one session, and is gone when the session closes. */
  createSession(options: SessionOptions): BackendSession;
}

export interface SessionOptions {
  /** The module's memory: hot calls read and write it in place. Its buffer is fetched anew when it has grown. */
  readonly memory: WebAssembly.Memory;
  /** File descriptor of an eventfd: as long as it is readable, every wait returns `-ECANCELED`. -1 for none. */
  readonly stopFd: number;
  /** The number of a {@link Meter} that its waits report to, and that holds records back. Absent or 0: none. */
  readonly meter?: number;
}

export interface BackendSession {
  /** @param bytes that nobody else has, so that what is checked of them is what is loaded */
  openObject(bytes: Uint8Array, options: OpenObjectOptions): BackendObject;
  /**
   * Waits until at least one of the buffers has a record; without buffers, for the stop or the timeout.
   * @param ready filled with the indexes (into `buffers`) of those that have
   * @returns how many, 0 on timeout, or a negative errno (`-ECANCELED` on stop)
   */
  wait(buffers: readonly BackendBuffer[], ready: Int32Array, timeoutMs: number): number;
  /**
   * What poll(2) finds readable when one of the buffers has a record, for a thread in which several modules wait. A backend without it has none of its modules
   * share a thread.
   */
  descriptors?(buffers: readonly BackendBuffer[]): readonly number[];
  /**
   * Writes bytes of the module's memory to a descriptor of this process, so that a reader that stalls never keeps the module from being stopped.
   * @returns bytes written (all of them), or a negative errno
   */
  write(fd: number, pointer: number, length: number): number;
  /**
   * The index of a network interface of the host's network namespace.
   * @throws BpfError `ENODEV`: there is none of that name
   */
  interfaceIndex(name: string): number;
  /**
   * Whether maps of a type (`enum bpf_map_type`) can be made here. So too for the next two.
   * @throws BpfError `EPERM`: this process may not find out
   */
  probeMapType(type: number): boolean;
  /** Whether programs of a type (`enum bpf_prog_type`) can be loaded. */
  probeProgramType(type: number): boolean;
  /** Whether programs of a type may call a helper (`BPF_FUNC_*`). */
  probeHelper(programType: number, helper: number): boolean;
  /** As the kernel's `KERNEL_VERSION(major, minor, patch)`: 0x061200 is 6.18.0. */
  kernelVersion(): number;
  /** CPUs that may ever come up: a per-CPU map has a value for each. */
  possibleCpus(): number;
  /**
   * Lets the kernel count runs and measure their time, of every program, until the link is destroyed. Requires at least Linux 5.8 and CAP_SYS_ADMIN.
   */
  enableStats(): BackendLink;
  /**
   * Opens the link that is pinned at a path of a BPF file system. To destroy it leaves the pin, and so the program attached.
   * @throws BpfError `ENOENT`: nothing is pinned there; `EINVAL`: it is no link
   */
  openLink(path: string): BackendLink;
  /**
   * The id of a type in the BTF of the running kernel, or of one of its modules.
   * @param kind `BTF_KIND_*`, 0: any
   * @param module empty: the kernel itself
   * @throws BpfError `ENOENT`: there is none of that name, no such module, or the kernel has no BTF
   */
  findKernelType(name: string, kind: number, module: string): number;
  /** The name of an enumerator as libbpf writes it, such as `"ringbuf"`. Undefined for a number that nobody knows. */
  typeName(of: TypeEnum, number: number): string | undefined;
  /** Detaches and closes everything. Closing twice is allowed. */
  close(): void;
}

/** `enum bpf_prog_type`, `bpf_map_type`, `bpf_attach_type`, `bpf_link_type` of `include/uapi/linux/bpf.h`. */
export type TypeEnum = "program" | "map" | "attach" | "link";

export interface OpenObjectOptions {
  /** What messages call the object. */
  readonly name: string;
  /** 0: the verifier's log only after a failure. 1, 2: its log of every program, see {@link BackendObject.verifierLog}. */
  readonly logLevel?: 0 | 1 | 2;
  /**
   * The folder of a BPF file system in which maps that ask for it (`LIBBPF_PIN_BY_NAME`) are pinned, or found if they are pinned there. Without it such an object
   * is refused with `EPERM`: a pin outlives its session, and may belong to somebody else.
   */
  readonly pinRoot?: string;
}

export interface BackendObject {
  readonly name: string;
  readonly maps: readonly BackendMap[];
  readonly programs: readonly BackendProgram[];
  /** Creates the maps and loads the programs. */
  load(): void;
  /** The verifier's log of the load, empty if none was asked for and nothing failed. */
  verifierLog(): string;
  /** Pins every map and every program below a folder of a BPF file system, which is made; `bpf_object__pin`. */
  pin(folder: string): void;
  /** Removes those pins. */
  unpin(folder: string): void;
  /** Detaches and closes all that came from it. Closing twice is allowed. */
  close(): void;
}

export interface MapInfo {
  /** `enum bpf_map_type` of `include/uapi/linux/bpf.h`. */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** The kernel's own number of the map, by which a map of maps tells what it holds; 0 before load. */
  readonly id?: number;
  /** Bytes that a lookup writes: for a per-CPU map `valueSize` rounded up to 8, times the possible CPUs. */
  readonly valueBytes: number;
}

export type BatchOperation = "lookup" | "lookupAndDelete" | "update" | "delete";

/** Whose an element of a storage map is: a task's by its process id (TASK_STORAGE), else a path's (CGRP_STORAGE, INODE_STORAGE). */
export type StorageOwner = { readonly pid: number } | { readonly path: string };

/** What a live mapping takes of a module's memory. */
export interface LiveLayout {
  /** Bytes: all values of the map, each at a multiple of 8, up to whole pages. */
  readonly size: number;
  /** Bytes that the address must be a multiple of: the page size. */
  readonly alignment: number;
}

/** What is done with elements of a map. Pointers are offsets into the module's memory; a range outside it gives `-EFAULT`. */
export interface MapElements {
  lookup(key: number, value: number, flags: number): number;
  update(key: number, value: number, flags: number): number;
  delete(key: number): number;
  nextKey(key: number, next: number): number;
  /** As {@link nextKey}, for callers to whom offset 0 is an address like any other and not "the first". */
  keyAfter(key: number, next: number): number;
  /** Takes an element out: of a queue or a stack (4.20), of a hash (5.14). */
  lookupAndDelete(key: number, value: number, flags: number): number;
  /** Many elements at once; `args` points to what docs/abi.md says of `map_lookup_batch`. One by one where the kernel (before 5.6) or the type has no batches. */
  batch(operation: BatchOperation, args: number): number;
}

export interface BackendMap extends MapElements {
  /** As in the C source; for a data section its section name, such as `".rodata"`. */
  readonly name: string;
  readonly info: MapInfo;
  /** Where the load pins it or finds it pinned, because it asks for that by `LIBBPF_PIN_BY_NAME`. */
  readonly pinPath: string | undefined;
  /** A copy of a data section's initial value. Throws `EINVAL` for another map. */
  initialValue(): Uint8Array;
  /** Overwrites part of it, before load. Throws `EBUSY` after, `EINVAL` outside the section. */
  setInitialValue(offset: number, bytes: Uint8Array): void;
  /** The same calls without what stands between, if something does: whoever guards a map lets all of them through. */
  readonly elements?: MapElements;
  /**
   * What {@link mapLive} takes. Answers before the load as well, from what the object says of the map. A backend that has no such thing leaves both out.
   * @throws BpfError `EINVAL`: it is no array; `EOPNOTSUPP`: it is not `BPF_F_MMAPABLE`; `EROFS`: programs may not write it
   */
  liveLayout?(): LiveLayout;
  /**
   * Puts the map's own memory in the place of a range of the module's memory, until the object is closed: loads and stores there are the map's (Linux 5.5). After
   * the close the range holds the last values. Once for a map.
   * @throws BpfError as above; `EBADF`: not loaded; `EALREADY`; `EINVAL`: misaligned; `EFAULT`: outside the memory; `EBUSY`: another map is there; `EPERM`: frozen;
   * `ENOSYS`: this engine, as it was started, cannot
   */
  mapLive?(address: number): void;
  /**
   * Stores a map in a map of maps. Raw updates of this and of every other map whose values are file descriptors are refused (`-EPERM`), as are all raw calls on
   * maps whose keys are: what a module takes for one would be the host's.
   * @throws BpfError `EINVAL`: it is no map of maps, or the inner map is not of its shape
   */
  updateMap(key: number, inner: BackendMap, flags: number): number;
  /** Stores a program in a program array. @throws BpfError `EINVAL` */
  updateProgram(key: number, program: BackendProgram, flags: number): number;
  /** Stores a cgroup in a cgroup array, by its path. @throws BpfError `EINVAL`, `ENOENT` */
  updateCgroup(key: number, path: string): number;
  /**
   * Stores where a DEVMAP, DEVMAP_HASH or CPUMAP sends packets.
   * @param target an interface's index, or the size of a CPU's queue in packets
   * @param program an XDP program that runs there (5.8), if the map's values have room for one
   */
  updateRedirect(key: number, target: number, program: BackendProgram | undefined): number;
  /** The element of a storage map that belongs to an owner. @throws BpfError what was wrong with the owner */
  storageLookup(owner: StorageOwner, value: number): number;
  storageUpdate(owner: StorageOwner, value: number, flags: number): number;
  storageDelete(owner: StorageOwner): number;
  /** From now on only BPF programs write it (5.2). @throws BpfError `EBUSY`: it is mapped into memory to be written */
  freeze(): void;
  /**
   * Opens a ring buffer map (Linux 5.8) or a perf event array (4.4) for reading. Throws `EINVAL` for another map, `EBUSY` for the second time.
   * @param memory where polls write, offsets counting from its start; it keeps its length. Default: the module's memory.
   */
  openBuffer(memory?: ArrayBuffer, options?: BufferOptions): BackendBuffer;
  /** Opens a user ring buffer (6.1), which BPF programs drain. Throws `EINVAL` for another map. */
  openUserBuffer(): BackendUserBuffer;
  /** Before load only. @throws BpfError `EBUSY` after it, `EINVAL`: not with this map */
  set(property: MapProperty, value: bigint): void;
  /** Uses a pinned map instead of making a new one. Before load only. @throws BpfError `ENOENT`, `EINVAL`: it is not a map like this */
  reusePin(path: string): void;
  /** Pins the loaded map, so that it outlives the session. The path has to lie in a BPF file system. */
  pin(path: string): void;
  unpin(path: string): void;
  /** Registers a struct_ops map with the kernel (5.6), by a link where there are links for it (6.4). */
  attachStructOps(): BackendLink;
}

export interface BackendProgram {
  readonly name: string;
  /** The ELF section, which is libbpf's `SEC()` name. */
  readonly section: string;
  /** `enum bpf_prog_type`. */
  readonly type: number;
  /** `enum bpf_attach_type` that the kernel is told at load. */
  readonly attachType: number;
  /** Whether it is loaded with its object: false for `SEC("?…")`, and as {@link set} last said. */
  readonly autoload: boolean;
  /** Number of BPF instructions. */
  readonly instructions: number;
  /**
   * Attaches by the section's name.
   * @param target where to, for types whose section does not say it all: an interface (XDP; tc, with `/egress` after it for that direction; socket filters), the
   *   path of a cgroup (sockops, `cgroup/*`, `cgroup_skb/*`), `PATH:FUNCTION[+OFFSET]` (uprobes). Other types do without and ignore it.
   */
  attach(target?: string): BackendLink;
  /** Attaches to a place that the section does not say, or not alone. */
  attachTo(options: AttachOptions): BackendLink;
  /** Before load only. @throws BpfError `EBUSY` after it, `EINVAL`: not with this program */
  set(property: ProgramProperty, value: number): void;
  /**
   * Chooses what a tracing, LSM or freplace program will attach to, before load.
   * @param target the program whose function it is; undefined: the kernel's own
   */
  setAttachTarget(target: BackendProgram | undefined, name: string): void;
  /** What the kernel knows of the loaded program. */
  info(): ProgramInfo;
  /** Pins the loaded program, so that it outlives the session. The path has to lie in a BPF file system. */
  pin(path: string): void;
  unpin(path: string): void;
  /**
   * Runs the loaded program without an event to trigger it (`BPF_PROG_TEST_RUN`).
   * @param context what the program's argument points to, in the layout of its type
   * @throws BpfError `ENOTSUPP`: programs of this type have no test run; `EINVAL`: a context or data that it does not take
   */
  testRun(context?: Uint8Array, options?: TestRunOptions): TestRunResult;
}

export interface TestRunOptions {
  /** The packet, for program types that take one. */
  readonly data?: Uint8Array;
  /** How often to run, for program types that can: 0 and 1 both mean once. */
  readonly repeat?: number;
}

export interface TestRunResult {
  /** What the program returned, as an unsigned 32-bit number. */
  readonly retval: number;
  /** The context as the program left it. */
  readonly context: Uint8Array;
  /** The packet as the program left it. */
  readonly data: Uint8Array;
  /** Mean duration of one run, in nanoseconds; 0 if the program's type does not measure it. */
  readonly duration: number;
}

/** Calls but `destroy` and `read` throw a BpfError `EOPNOTSUPP` where the kernel has no link for what was attached. */
export interface BackendLink {
  /** Detaches. Destroying twice is allowed. */
  destroy(): void;
  /** Detaches now, though others hold the same link or have it pinned; the handle stays. Requires at least Linux 5.9, and a kind of link that can. */
  detach(): void;
  /** Puts another program in its place, with no moment in between; `bpf_link__update_program`. */
  update(program: BackendProgram): void;
  info(): LinkInfo;
  /** Pins the link: the program stays attached after the session. The path has to lie in a BPF file system. */
  pin(path: string): void;
  unpin(path: string): void;
  /**
   * The output of an iterator, from where the last call ended; a new walk after the end.
   * @returns bytes written to the module's memory, 0 at the end, or a negative errno
   */
  read(pointer: number, length: number): number;
}

/** Of perf buffers; a ring buffer takes none (`EINVAL`). 0 and absent: the default. */
export interface BufferOptions {
  /** Of data for each CPU, a power of two. Default: 64. */
  readonly pages?: number;
  /** How many records of one CPU wake the reader: more cost less, and come later. Default: 1. */
  readonly wakeupEvents?: number;
  /** Instead of records, bytes. */
  readonly watermark?: number;
}

export interface BackendUserBuffer {
  /** See `user_buffer_submit` in docs/abi.md: 0, or a negative errno. */
  submit(record: number, length: number, timeoutMs: number): number;
  close(): void;
}

export interface BackendBuffer {
  /** Bytes that wait, headers and all, or a negative errno. */
  available(): number;
  /** See `buffer_poll` in docs/abi.md: bytes written, 0 on timeout, or a negative errno. */
  poll(buf: number, cap: number, timeoutMs: number): number;
  /** Size of the record that gave `-ENOSPC`, in bytes of payload. */
  readonly pendingSize: number;
  close(): void;
}
