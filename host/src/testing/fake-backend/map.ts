import { constants } from "node:os";
import {
  type BackendLink,
  type BackendMap,
  type BackendProgram,
  type BackendUserBuffer,
  BpfError,
  type BufferOptions,
  type MapInfo,
  type StorageOwner,
} from "../../backend/backend.js";
import { FakeBuffer } from "./buffer.js";
import { fakeLink } from "./link.js";
import type { FakeObject } from "./object.js";
import { range } from "./range.js";

const { ENOENT, EEXIST, EFAULT, EINVAL, EBUSY, E2BIG, ENOSPC, EBADF } = constants.errno;

/** A map in memory, of any type. A ring buffer has the records that its object says. */
export class FakeMap implements BackendMap {
  readonly info: MapInfo;
  readonly pinPath = undefined;
  readonly #entries = new Map<string, Uint8Array>();
  readonly #initial: Uint8Array | undefined;
  readonly #records: string[];
  #buffer: FakeBuffer | undefined;

  constructor(
    readonly object: FakeObject,
    readonly name: string,
    spec: Partial<MapInfo> & { initial?: number[]; records?: string[] },
  ) {
    this.info = {
      type: 1,
      keySize: 4,
      valueSize: 8,
      maxEntries: 2,
      flags: 0,
      valueBytes: 8,
      ...spec,
    };
    this.#initial = spec.initial === undefined ? undefined : Uint8Array.from(spec.initial);
    this.#records = spec.records ?? [];
  }

  initialValue(): Uint8Array {
    if (this.#initial === undefined) {
      throw new BpfError(EINVAL, "EINVAL", `map '${this.name}' is not a data section`);
    }
    return this.#initial.slice();
  }

  setInitialValue(offset: number, bytes: Uint8Array): void {
    if (this.object.loaded) throw new BpfError(EBUSY, "EBUSY", "the object is loaded");
    if (this.#initial === undefined || offset + bytes.length > this.#initial.length) {
      throw new BpfError(EINVAL, "EINVAL", "outside the section");
    }
    this.#initial.set(bytes, offset);
  }

  set(property: string, value: bigint): void {
    if (this.object.loaded) throw new BpfError(EBUSY, "EBUSY", `map '${this.name}' is loaded`);
    this.object.backend.settings.push(`map ${this.name}.${property} = ${value}`);
  }

  reusePin(path: string): void {
    if (!this.object.backend.pins.has(path)) {
      throw new BpfError(ENOENT, "ENOENT", `'${path}' is no pin`);
    }
    this.object.backend.settings.push(`map ${this.name} is ${path}`);
  }

  pin(path: string): void {
    this.object.backend.pin(path);
  }

  unpin(path: string): void {
    this.object.backend.unpin(path);
  }

  attachStructOps(): BackendLink {
    const link = fakeLink(this.object.backend, this.name);
    this.object.onClose(link.destroy);
    return link;
  }

  lookup(key: number, value: number): number {
    const id = this.#key(key);
    if (typeof id === "number") return id;
    const found = this.#entries.get(id);
    const target = range(this.object.memory, value, this.info.valueBytes);
    if (target === undefined) return -EFAULT;
    if (found === undefined) return -ENOENT;
    target.set(found);
    return 0;
  }

  update(key: number, value: number, flags: number): number {
    const id = this.#key(key);
    if (typeof id === "number") return id;
    const source = range(this.object.memory, value, this.info.valueBytes);
    if (source === undefined) return -EFAULT;
    if (flags > 2) return -EINVAL;
    if (flags === 1 && this.#entries.has(id)) return -EEXIST;
    if (flags === 2 && !this.#entries.has(id)) return -ENOENT;
    if (!this.#entries.has(id) && this.#entries.size === this.info.maxEntries) return -E2BIG;
    this.#entries.set(id, source.slice());
    return 0;
  }

  delete(key: number): number {
    const id = this.#key(key);
    if (typeof id === "number") return id;
    return this.#entries.delete(id) ? 0 : -ENOENT;
  }

  lookupAndDelete(key: number, value: number): number {
    const found = this.lookup(key, value);
    return found < 0 ? found : this.delete(key);
  }

  updateMap(key: number, inner: BackendMap): number {
    return this.#hold(key, `map ${inner.name}`);
  }

  updateProgram(key: number, program: BackendProgram): number {
    return this.#hold(key, `program ${program.name}`);
  }

  updateCgroup(key: number, path: string): number {
    return this.#hold(key, `cgroup ${path}`);
  }

  updateRedirect(key: number, target: number, program: BackendProgram | undefined): number {
    return this.#hold(key, `${target} ${program?.name ?? "-"}`);
  }

  storageLookup(owner: StorageOwner): number {
    return this.#hold(0, JSON.stringify(owner));
  }

  storageUpdate(owner: StorageOwner): number {
    return this.#hold(0, JSON.stringify(owner));
  }

  storageDelete(owner: StorageOwner): number {
    return this.#hold(0, JSON.stringify(owner));
  }

  batch(operation: string, args: number): number {
    return this.#hold(args, operation);
  }

  freeze(): void {
    this.object.backend.settings.push(`map ${this.name} frozen`);
  }

  /** Notes what a map was told to hold. */
  #hold(key: number, what: string): number {
    this.object.backend.settings.push(`map ${this.name}[${key}] = ${what}`);
    return 0;
  }

  nextKey(key: number, next: number): number {
    return this.#next(key === 0 ? undefined : key, next);
  }

  keyAfter(key: number, next: number): number {
    return this.#next(key, next);
  }

  #next(key: number | undefined, next: number): number {
    const target = range(this.object.memory, next, this.info.keySize);
    if (target === undefined) return -EFAULT;
    const keys = [...this.#entries.keys()];
    const id = key === undefined ? undefined : this.#key(key);
    if (typeof id === "number") return id;
    const found = keys[id === undefined ? 0 : keys.indexOf(id) + 1];
    if (found === undefined) return -ENOENT;
    target.set(Buffer.from(found, "hex"));
    return 0;
  }

  openUserBuffer(): BackendUserBuffer {
    if (this.info.type !== 31) {
      throw new BpfError(EINVAL, "EINVAL", `map '${this.name}' is no user ring buffer`);
    }
    return {
      submit: (record, length, timeout) => {
        const bytes = range(this.object.memory, record, length);
        if (bytes === undefined) return -EFAULT;
        if (length > 64) return -E2BIG;
        if (timeout === 0 && this.#records.length === 2) return -ENOSPC;
        this.#records.push(Buffer.from(bytes).toString());
        return 0;
      },
      close: () => void this.#hold(0, this.#records.join()),
    };
  }

  openBuffer(memory?: ArrayBuffer, options: BufferOptions = {}): FakeBuffer {
    if (Object.keys(options).length > 0) this.#hold(0, JSON.stringify(options));
    if (this.info.type !== 27) {
      throw new BpfError(EINVAL, "EINVAL", `map '${this.name}' is not a ring buffer`);
    }
    if (this.#buffer !== undefined && !this.#buffer.closed) {
      throw new BpfError(EBUSY, "EBUSY", `map '${this.name}' is open already`);
    }
    this.#buffer = new FakeBuffer(
      this.object.backend,
      memory === undefined ? this.object.memory : { buffer: memory },
      this.#records,
    );
    this.object.onClose(() => this.#buffer?.close());
    return this.#buffer;
  }

  #key(pointer: number): string | number {
    if (!this.object.loaded) return -EBADF;
    const bytes = range(this.object.memory, pointer, this.info.keySize);
    return bytes === undefined ? -EFAULT : Buffer.from(bytes).toString("hex");
  }
}
