import type {
  BackendBuffer,
  BackendLink,
  BackendMap,
  BackendProgram,
  BackendUserBuffer,
  BatchOperation,
  BufferOptions,
  LiveLayout,
  MapInfo,
  MapProperty,
  StorageOwner,
} from "../backend.js";
import { attempt } from "./attempt.js";
import { KernelBuffer, KernelUserBuffer } from "./buffer.js";
import { bpfError, errnoOf } from "./explain/errno.js";
import { explainFreeze } from "./explain/freeze.js";
import { explainLive } from "./explain/live.js";
import { explainPin } from "./explain/pin.js";
import { explainSet } from "./explain/set.js";
import { explainStructOps } from "./explain/struct-ops.js";
import type { GuestMemory } from "./guest-memory.js";
import { KernelLink } from "./link.js";
import { MapOperation, operate } from "./mailbox.js";
import { checkHolds, programFd, withCgroup, withOwner } from "./map-values.js";
import type { NativeMap, NativeMapCalls, NativeMapFacts, NativeObject } from "./native.js";
import { Pins } from "./pins.js";
import { descriptorOf } from "./program.js";

const EINVAL = 22;
const EBUSY = 16;
const EBADF = 9;

/** `enum bpf_cmd` */
const BATCH_COMMANDS: Readonly<Record<BatchOperation, number>> = {
  lookup: 24,
  lookupAndDelete: 25,
  update: 26,
  delete: 27,
};

const noCall = () => -EBADF;
/** What the calls answer before load and after close. */
const NO_CALLS: Omit<NativeMapCalls, keyof NativeMapFacts | "id"> = {
  handle: 0,
  updateDescriptor: noCall,
  updatePair: noCall,
  lookupOf: noCall,
  updateOf: noCall,
  deleteOf: noCall,
  batch: noCall,
  freeze: noCall,
};

/**
 * The name that a user knows a map by. libbpf calls the map of a data section by up to 8 characters of the object's name and the section's, such as
 * "bootstra.rodata" (`internal_map_name` in its libbpf.c), but that of a custom section, such as ".data.stats", by the section's name alone.
 */
export function mapName(declared: Pick<NativeMap, "name" | "internal">): string {
  const { name, internal } = declared;
  if (!internal || name.startsWith(".")) return name;
  // The short form is only used for .data, .rodata, .bss and .kconfig, which have no further dot; the object's name may have some.
  return name.slice(Math.max(0, name.lastIndexOf(".")));
}

export class KernelMap implements BackendMap {
  readonly name: string;
  readonly pinPath: string | undefined;
  readonly #object: NativeObject;
  readonly #index: number;
  readonly #memory: GuestMemory;
  readonly #internal: boolean;
  readonly #pins: Pins;
  #info: MapInfo;
  #calls = NO_CALLS;
  /** In the addon; 0, which none has, before the load. */
  #number = 0;
  #loaded = false;
  #initial: Uint8Array | undefined;

  constructor(object: NativeObject, index: number, declared: NativeMap, memory: GuestMemory) {
    this.name = mapName(declared);
    this.pinPath = declared.pinPath;
    this.#object = object;
    this.#index = index;
    this.#memory = memory;
    this.#internal = declared.internal;
    this.#info = infoOf(declared);
    this.#pins = new Pins(`map '${this.name}'`, (path) => object.pinMap(index, path));
  }

  /** What the object declares; after load what the kernel made of it. */
  get info(): MapInfo {
    return this.#info;
  }

  initialValue(): Uint8Array {
    const value = this.#initial ?? this.#readInitial();
    if (value === undefined) {
      throw bpfError(EINVAL, `map '${this.name}' has no initial value: it is not a data section`);
    }
    return value.slice();
  }

  setInitialValue(offset: number, bytes: Uint8Array): void {
    const what = `cannot set the initial value of '${this.name}'`;
    const value = this.#internal ? this.#readInitial() : undefined;
    if (value === undefined) throw bpfError(EINVAL, `${what}: it is not a data section`);
    if (this.#loaded) throw bpfError(EBUSY, `${what}: its object is loaded already`);
    if (!Number.isInteger(offset) || offset < 0 || offset + bytes.length > value.length) {
      throw bpfError(
        EINVAL,
        `${what}: bytes ${offset} to ${offset + bytes.length} leave its ${value.length} bytes`,
      );
    }
    value.set(bytes, offset);
    attempt(
      () => this.#object.setInitialValue(this.#index, value),
      (failure) => bpfError(failure.errno, `${what}: ${errnoOf(failure.errno).text}`),
    );
  }

  lookup(key: number, value: number, flags: number): number {
    this.#memory.refresh();
    return operate(this.#number, MapOperation.lookup, key, value, flags);
  }

  update(key: number, value: number, flags: number): number {
    this.#memory.refresh();
    return operate(this.#number, MapOperation.update, key, value, flags);
  }

  delete(key: number): number {
    this.#memory.refresh();
    return operate(this.#number, MapOperation.delete, key, 0, 0);
  }

  nextKey(key: number, next: number): number {
    this.#memory.refresh();
    return operate(this.#number, MapOperation.nextKey, key, next, 0);
  }

  keyAfter(key: number, next: number): number {
    this.#memory.refresh();
    return operate(this.#number, MapOperation.keyAfter, key, next, 0);
  }

  lookupAndDelete(key: number, value: number, flags: number): number {
    this.#memory.refresh();
    return operate(this.#number, MapOperation.lookupAndDelete, key, value, flags);
  }

  updateMap(key: number, inner: BackendMap, flags: number): number {
    checkHolds(this, "updateMap");
    if (!(inner instanceof KernelMap)) throw bpfError(EINVAL, "the map is another backend's");
    this.#memory.refresh();
    return this.#calls.updateDescriptor(this.#calls.handle, key, inner.descriptor(), flags);
  }

  updateProgram(key: number, program: BackendProgram, flags: number): number {
    checkHolds(this, "updateProgram");
    this.#memory.refresh();
    return this.#calls.updateDescriptor(this.#calls.handle, key, descriptorOf(program), flags);
  }

  updateCgroup(key: number, path: string): number {
    checkHolds(this, "updateCgroup");
    this.#memory.refresh();
    this.descriptor();
    return withCgroup(path, (fd) => this.#calls.updateDescriptor(this.#calls.handle, key, fd, 0));
  }

  updateRedirect(key: number, target: number, program: BackendProgram | undefined): number {
    checkHolds(this, "updateRedirect");
    this.#memory.refresh();
    return this.#calls.updatePair(
      this.#calls.handle,
      key,
      target,
      programFd(program, descriptorOf),
    );
  }

  storageLookup(owner: StorageOwner, value: number): number {
    this.descriptor();
    this.#memory.refresh();
    return withOwner(this, owner, (fd) => this.#calls.lookupOf(this.#calls.handle, fd, value, 0));
  }

  storageUpdate(owner: StorageOwner, value: number, flags: number): number {
    this.descriptor();
    this.#memory.refresh();
    return withOwner(this, owner, (fd) =>
      this.#calls.updateOf(this.#calls.handle, fd, value, flags),
    );
  }

  storageDelete(owner: StorageOwner): number {
    this.descriptor();
    return withOwner(this, owner, (fd) => this.#calls.deleteOf(this.#calls.handle, fd));
  }

  batch(operation: BatchOperation, args: number): number {
    this.#memory.refresh();
    return this.#calls.batch(this.#calls.handle, BATCH_COMMANDS[operation], args);
  }

  freeze(): void {
    const result = this.#calls.freeze(this.#calls.handle);
    if (result < 0) throw explainFreeze(-result, this.name);
  }

  liveLayout(): LiveLayout {
    return attempt(
      () => this.#object.liveLayout(this.#index),
      (failure) => explainLive(failure.errno, this.name),
    );
  }

  mapLive(address: number): void {
    this.#memory.refresh();
    attempt(
      () => this.#object.mapLive(this.#index, address, this.#memory.object),
      (failure) => explainLive(failure.errno, this.name),
    );
  }

  openUserBuffer(): BackendUserBuffer {
    const fd = this.descriptor();
    const ring = attempt(
      () => this.#memory.session.openUserRing(fd),
      ({ errno }) => {
        const { name, text, number } = errnoOf(errno);
        const why = name === "EINVAL" ? "it is no user ring buffer" : text;
        return bpfError(number, `cannot write to map '${this.name}': ${why} (${name})`);
      },
    );
    return new KernelUserBuffer(ring, this.#memory);
  }

  openBuffer(memory?: ArrayBuffer, options: BufferOptions = {}): BackendBuffer {
    const { pages = 0, wakeupEvents = 0, watermark = 0 } = options;
    const ring = attempt(
      () => this.#object.openRing(this.#index, memory, pages, wakeupEvents, watermark),
      (failure) => {
        const { name, text, number } = errnoOf(failure.errno);
        const why =
          name === "EINVAL" && (pages || wakeupEvents || watermark)
            ? "only perf buffers take options, and their pages are a power of two"
            : name === "EINVAL"
              ? "it is not a ring buffer, nor a perf event array"
              : name === "EBUSY"
                ? "it is open already"
                : name === "EBADF"
                  ? "its object is not loaded"
                  : `${text} (${name})`;
        return bpfError(number, `cannot open map '${this.name}' as a buffer: ${why}`);
      },
    );
    return new KernelBuffer(ring, this.#memory, memory);
  }

  set(property: MapProperty, value: bigint): void {
    if (this.#loaded) {
      throw bpfError(
        EBUSY,
        `cannot set ${property} of map '${this.name}': its object is loaded already; set it before (EBUSY)`,
      );
    }
    this.#info = infoOf(
      attempt(
        () => this.#object.setMap(this.#index, property, value),
        (failure) => explainSet(failure, `map '${this.name}'`, property, value),
      ),
    );
  }

  reusePin(path: string): void {
    this.#info = infoOf(
      attempt(
        () => this.#object.reuseMap(this.#index, path),
        (failure) => explainPin(failure, `map '${this.name}'`, path),
      ),
    );
    this.#pins.adopt(path);
  }

  pin(path: string): void {
    this.#pins.add(path);
  }

  unpin(path: string): void {
    this.#pins.remove(path);
  }

  attachStructOps(): BackendLink {
    const link = attempt(
      () => this.#object.attachStructOps(this.#index),
      (failure) => explainStructOps(failure, this.name, this.#loaded),
    );
    return new KernelLink(link, this.#memory, `the link of map '${this.name}'`, () => {
      throw bpfError(EINVAL, `the link of map '${this.name}' has no program to replace`);
    });
  }

  /** @internal Whether the kernel has it: the load made it. */
  exists(): boolean {
    return this.#object.mapFd(this.#index) >= 0;
  }

  /** @internal The descriptor of the loaded map, for the addon only. @throws BpfError `EBADF` */
  descriptor(): number {
    const fd = attempt(
      () => this.#object.mapFd(this.#index),
      () => bpfError(EBADF, `map '${this.name}' is gone: its object was closed (EBADF)`),
    );
    if (fd < 0) throw bpfError(EBADF, `map '${this.name}' is not loaded (EBADF)`);
    return fd;
  }

  /** @internal Before libbpf loads: later the memory of a data section may be the map's own, which changes. */
  keepInitialValue(): void {
    if (this.#internal) this.#initial = this.#readInitial();
  }

  /** @internal After the load. A map that was not created (`autocreate` off) keeps answering -EBADF. */
  connect(): void {
    this.#loaded = true;
    try {
      const calls = this.#object.mapCalls(this.#index);
      this.#calls = calls;
      this.#number = calls.handle;
      this.#info = { ...infoOf(calls), id: calls.id };
    } catch {
      this.#calls = NO_CALLS;
      this.#number = 0;
    }
  }

  #readInitial(): Uint8Array | undefined {
    return attempt(
      () => this.#object.initialValue(this.#index),
      (failure) => bpfError(failure.errno, `map '${this.name}' is gone: its object was closed`),
    );
  }
}

function infoOf(facts: NativeMapFacts): MapInfo {
  const { type, keySize, valueSize, maxEntries, flags, valueBytes } = facts;
  return { type, keySize, valueSize, maxEntries, flags, valueBytes };
}
