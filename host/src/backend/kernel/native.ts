import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BpfError, type LinkInfo, type ProgramInfo } from "../backend.js";

/**
 * The addon (host/addon). It gives facts; the sentences are made in ./explain.
 *
 * What it opens is held by its session until that is closed, and known by a number, its `handle`: the garbage collector has no part in it. A function that is
 * called per record or per map operation takes the handle as its first argument, and answers -EBADF once the object is gone; the others take it from `this`.
 */
export interface NativeAddon {
  /** `stopFd` -1: none; `meter` 0: none. Throws a {@link NativeFailure} or a {@link MissingLibbpf}. */
  createSession(stopFd: number, meter: number): NativeSession;
  createEventFd(): number;
  /** `eventsPerSecond` 0: no bound. `timed`: whether turns are measured. It is found by its number, in every thread, until it is closed. */
  createMeter(eventsPerSecond: number, timed: boolean): NativeMeter;
  /** To be called in the module's thread, where its first turn begins. Undefined: there is no such meter. */
  adoptMeter(id: number): NativeTurn | undefined;
  /** Of the network namespace of this thread. */
  interfaces(): { readonly name: string; readonly index: number }[];
  /** A descriptor, which the caller closes, or a negative errno. */
  openPidfd(pid: number): number;
  /** For descriptors that Node does not know of. */
  closeDescriptor(fd: number): void;
  /** The functions of the kernel that hold these addresses, undefined where none does. Throws a {@link NativeFailure}: `EPERM`, it hides them. */
  kernelSymbols(
    addresses: BigUint64Array,
  ): ({ readonly name: string; readonly module: string; readonly offset: number } | undefined)[];
  possibleCpus(): number;
  /**
   * poll(2) of `count` entries of 8 bytes (`struct pollfd`). `ms` negative: for ever. How many are ready, 0 also after a signal, or a negative errno.
   */
  poll(entries: Int32Array, count: number, ms: number): number;
  /** See ./mailbox.ts. A thread has one, however often it is asked for. */
  openMailbox(): NativeMailbox;
  /**
   * Gives up every capability that is not in `keep`, in every thread. Returns how many threads there are. Throws a {@link NativeFailure} whose message names the thread
   * that still has more.
   */
  dropCapabilities(keep: bigint): number;
  /** A variable of the process's environment, which a Worker's `process.env` does not have; empty: not set. */
  environ(name: string): string;
  inspect(bytes: Uint8Array, name: string): Pick<NativeObject, "maps" | "programs">;
  /** The C declarations of all types of a BTF file; `base` empty: none. */
  dumpBtf(path: string, base: string): string;
  libbpfVersion(): string;
  /** `kind` 1: `enum bpf_prog_type`, 2: `bpf_map_type`, 3: `bpf_attach_type`, 4: `bpf_link_type`. Undefined: libbpf does not know the number. */
  typeName(kind: number, number: number): string | undefined;
}

/** See host/addon/src/mailbox.h. */
export interface NativeMailbox {
  /** Six Int32: the map's number, the operation, key, value, flags; and the result. */
  readonly words: ArrayBuffer;
  /** Does what stands there. */
  operate(): void;
}

/** See host/addon/src/meter.h. */
export interface NativeMeter {
  readonly id: number;
  /** CPU time of the module's thread since it adopted the meter. */
  cpuMs(): number;
  /** How long the module's turn has lasted; -1: it waits. */
  turnMs(): number;
  records(): number;
  /** How often there were records that a poll or a wait had to hold back. */
  throttled(): number;
  close(): void;
}

/** The module's side of a meter. */
export interface NativeTurn {
  /** What comes until {@link resume} is not of the module's turn, though the turn is not over. They nest. */
  pause(): void;
  resume(): void;
}

export interface NativeSession {
  readonly handle: number;
  bind(memory: ArrayBuffer): void;
  /** `pinRoot` empty: libbpf's default. */
  openObject(bytes: Uint8Array, name: string, logLevel: number, pinRoot: string): NativeObject;
  /** Of rings, by their handles. */
  wait(rings: readonly number[], ready: Int32Array, timeoutMs: number): number;
  write(handle: number, fd: number, pointer: number, length: number): number;
  /** Of a map's descriptor, which stays the map's. */
  openUserRing(fd: number): NativeUserRing;
  enableStats(): NativeLink;
  openLink(path: string): NativeLink;
  /** A BTF id, or a negative errno. `kind` 0: any; `module` empty: the kernel. */
  findType(name: string, kind: number, module: string): number;
  close(): void;
}

export interface NativeObject {
  readonly maps: readonly NativeMap[];
  readonly programs: readonly NativeProgram[];
  /** Returns the verifier's logs, empty without a log level. */
  load(): string;
  /** Calls on a loaded map, and what the kernel says that it is. */
  mapCalls(map: number): NativeMapCalls;
  /** What {@link mapLive} takes. Throws a {@link NativeFailure}, see ReadLiveLayout in host/addon/src/live.h. */
  liveLayout(map: number): { readonly size: number; readonly alignment: number };
  /** Maps a loaded map over the bound memory, which stays alive for it. See LiveMap::Map. */
  mapLive(map: number, address: number, memory: WebAssembly.Memory): void;
  initialValue(map: number): Uint8Array | undefined;
  setInitialValue(map: number, bytes: Uint8Array): void;
  /** `memory`: where its polls write, held by whoever holds the ring. Undefined: the bound memory. */
  openRing(
    map: number,
    memory: ArrayBuffer | undefined,
    pages: number,
    wakeupEvents: number,
    watermark: number,
  ): NativeRing;
  /** By the program's section. */
  attach(program: number): NativeLink;
  /** `request` is an AttachOptions whose maps and programs are descriptors (`mapFd`, `targetFd`) and whose paths are whole. */
  attachTo(program: number, request: object): NativeLink;
  attachStructOps(map: number): NativeLink;
  /** What the program declares then. */
  setProgram(program: number, property: string, value: number): NativeProgram;
  /** `targetFd` -1: the kernel. */
  setAttachTarget(program: number, targetFd: number, name: string): void;
  /** Negative: not loaded. */
  programFd(program: number): number;
  programInfo(program: number): ProgramInfo;
  pinProgram(program: number, path: string): void;
  /** What the map declares then. */
  setMap(map: number, property: string, value: bigint): NativeMap;
  /** Negative: not made. */
  mapFd(map: number): number;
  reuseMap(map: number, path: string): NativeMap;
  pinMap(map: number, path: string): void;
  testRun(program: number, request: NativeTestRun): NativeTestResult;
  close(): void;
}

export interface NativeMapFacts {
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly valueBytes: number;
}

export interface NativeMap extends NativeMapFacts {
  /** As libbpf has it: a data section's is "<object>.rodata", or the section's own name. */
  readonly name: string;
  /** Whether libbpf made it for a data section. */
  readonly internal: boolean;
  readonly typeName: string | undefined;
  readonly pinPath: string | undefined;
}

export interface NativeProgram {
  readonly name: string;
  readonly section: string;
  readonly type: number;
  readonly typeName: string | undefined;
  readonly attachType: number;
  readonly attachTypeName: string | undefined;
  readonly instructions: number;
  readonly autoload: boolean;
}

/** All of these return 0 or a negative errno, and take pointers into the bound memory. */
export interface NativeMapCalls extends NativeMapFacts {
  readonly handle: number;
  readonly id: number;
  /** `fd` is a descriptor of this process, here and below. See host/addon/src/map.h. */
  updateDescriptor(handle: number, key: number, fd: number, flags: number): number;
  updatePair(handle: number, key: number, number: number, fd: number): number;
  lookupOf(handle: number, fd: number, value: number, flags: number): number;
  updateOf(handle: number, fd: number, value: number, flags: number): number;
  deleteOf(handle: number, fd: number): number;
  /** `command` is a BPF_MAP_*_BATCH. */
  batch(handle: number, command: number, args: number): number;
  freeze(handle: number): number;
}

export interface NativeRing {
  readonly handle: number;
  poll(handle: number, buf: number, cap: number, timeoutMs: number): number;
  pendingSize(handle: number): number;
  /** Bytes, or a negative errno. */
  available(handle: number): number;
  /** What poll(2) finds readable when there is something; it belongs to the buffer. */
  descriptor(handle: number): number;
  close(): void;
}

export interface NativeUserRing {
  readonly handle: number;
  submit(handle: number, record: number, length: number, timeoutMs: number): number;
  close(): void;
}

/** `EOPNOTSUPP`: the kernel has no link for it. */
export interface NativeLink {
  readonly handle: number;
  destroy(): void;
  detach(): void;
  update(programFd: number): void;
  pin(path: string): void;
  info(): LinkInfo;
  read(handle: number, pointer: number, length: number): number;
}

export interface NativeTestRun {
  readonly context: Uint8Array | undefined;
  readonly data: Uint8Array | undefined;
  readonly repeat: number;
}

export interface NativeTestResult {
  readonly retval: number;
  readonly context: Uint8Array;
  readonly data: Uint8Array;
  readonly duration: number;
}

/** An errno, the operation as message, and what libbpf and the verifier had to say. */
export interface NativeFailure extends Error {
  readonly errno: number;
  readonly warnings: string;
  readonly verifier: string;
}

/** libbpf could not be used. */
export interface MissingLibbpf extends Error {
  /** What was asked for. */
  readonly file: string;
  /** What the dynamic linker said, empty if a file was found. */
  readonly linker: string;
  /** What the file lacks, empty if none was found. */
  readonly missing: string;
  readonly version: string;
}

export function isNativeFailure(error: unknown): error is NativeFailure {
  return error instanceof Error && "errno" in error && "warnings" in error;
}

export function isMissingLibbpf(error: unknown): error is MissingLibbpf {
  return error instanceof Error && "linker" in error && "missing" in error;
}

let loaded: NativeAddon | undefined;

/**
 * The addon of this platform, loaded at the first call of each thread.
 * @throws BpfError `ENOENT` if it was not built, `ENOEXEC` if it cannot be loaded here
 */
export function native(): NativeAddon {
  loaded ??= loadAddon(join(packageRoot(), "prebuilds"));
  return loaded;
}

/** @internal for tests: `native` with another folder. */
export function loadAddon(prebuilds: string): NativeAddon {
  const platform = `${process.platform}-${process.arch}`;
  const file = join(prebuilds, platform, "wbpf.node");
  if (!existsSync(file)) {
    throw new BpfError(
      2,
      "ENOENT",
      `wbpf's native addon for ${platform} is missing (${file}): build it with \`make -C host/addon\` in the repository, or reinstall @wbpf/host`,
    );
  }
  try {
    return createRequire(import.meta.url)(file) as NativeAddon;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new BpfError(
      8,
      "ENOEXEC",
      `wbpf's native addon could not be loaded: ${reason}; rebuild it with \`make -C host/addon\``,
      { cause },
    );
  }
}

/** The folder of package.json: the same from src/ (through tsx) and from dist/. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  return folder;
}
