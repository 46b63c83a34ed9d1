import { constants } from "node:os";
import {
  type AttachOptions,
  type Backend,
  type BackendBuffer,
  type BackendLink,
  type BackendMap,
  type BackendObject,
  type BackendProgram,
  type BackendSession,
  type BackendUserBuffer,
  BpfError,
  type BufferOptions,
  type MapInfo,
  type ProgramInfo,
  type SessionOptions,
  type StorageOwner,
} from "../backend/backend.js";

const {
  EPERM,
  ENOENT,
  EEXIST,
  EFAULT,
  EINVAL,
  EBUSY,
  ECANCELED,
  EALREADY,
  E2BIG,
  ENOSPC,
  EBADF,
  ENODEV,
} = constants.errno;

/** What an object of the {@link FakeBackend} holds: the bytes that a module opens are this, as JSON. */
export interface FakeObjectSpec {
  readonly maps?: Readonly<
    Record<string, Partial<MapInfo> & { initial?: number[]; records?: string[] }>
  >;
  readonly programs?: Readonly<Record<string, { section: string; attach?: string }>>;
  /** Message of the failure of `load`, with this detail. */
  readonly refuse?: { message: string; detail: string };
}

/** A backend in memory, for tests of what stands above it. It keeps count of what is open. */
export class FakeBackend implements Backend {
  readonly name = "fake";
  /** Names of what is attached now. */
  readonly attached = new Set<string>();
  openBuffers = 0;
  openObjects = 0;
  sessions = 0;
  /** As an eventfd that was signalled. */
  stopped = false;
  /** What was written, by descriptor. */
  readonly written: { fd: number; text: string }[] = [];
  /** What `write` answers instead of the length, if set. */
  writeResult: number | undefined;

  /** Paths at which something is pinned. */
  readonly pins = new Set<string>();
  /** What was set: "map NAME.property = value". */
  readonly settings: string[] = [];
  /** The options of every `attachTo`. */
  readonly attachedTo: AttachOptions[] = [];

  pin(path: string): void {
    if (this.pins.has(path)) throw new BpfError(EEXIST, "EEXIST", `'${path}' is taken`);
    this.pins.add(path);
  }

  unpin(path: string): void {
    if (!this.pins.delete(path)) throw new BpfError(ENOENT, "ENOENT", `'${path}' is no pin`);
  }

  createSession(options: SessionOptions): BackendSession {
    this.sessions++;
    const objects: BackendObject[] = [];
    let closed = false;
    return {
      openObject: (bytes, { name }) => {
        const object = new FakeObject(this, options.memory, bytes, name);
        objects.push(object);
        return object;
      },
      wait: (buffers, ready) => {
        if (this.stopped) return -ECANCELED;
        let count = 0;
        buffers.forEach((buffer, i) => {
          if ((buffer as FakeBuffer).records.length > 0) ready[count++] = i;
        });
        return count;
      },
      write: (fd, pointer, length) => {
        if (this.writeResult !== undefined) return this.writeResult;
        const bytes = Buffer.from(options.memory.buffer, pointer, length);
        this.written.push({ fd, text: bytes.toString() });
        return length;
      },
      interfaceIndex: (name) => {
        if (name === "lo") return 1;
        throw new BpfError(ENODEV, "ENODEV", `there is no network interface '${name}'`);
      },
      probeMapType: (type) => type === 27,
      probeProgramType: (type) => {
        if (type === 99) throw new BpfError(EPERM, "EPERM", "nobody may ask");
        return type === 6;
      },
      probeHelper: (type, helper) => type === 6 && helper === 1,
      kernelVersion: () => 0x061200,
      possibleCpus: () => 4,
      enableStats: () => fakeLink(this, "statistics"),
      openLink: (path) => {
        if (this.pins.has(path)) return fakeLink(this, path);
        throw new BpfError(ENOENT, "ENOENT", `nothing is pinned at '${path}'`);
      },
      findKernelType: (name, kind, module) => {
        if (name === "task_struct" && kind !== 5 && module === "") return 77;
        throw new BpfError(ENOENT, "ENOENT", `there is no type '${name}'`);
      },
      typeName: (of, number) => (of === "map" && number === 27 ? "ringbuf" : undefined),
      close: () => {
        if (closed) return;
        closed = true;
        this.sessions--;
        for (const object of objects) object.close();
      },
    };
  }
}

class FakeObject implements BackendObject {
  readonly maps: FakeMap[];
  readonly programs: BackendProgram[];
  readonly #closers: (() => void)[] = [];
  readonly #spec: FakeObjectSpec;
  #closed = false;
  loaded = false;

  constructor(
    readonly backend: FakeBackend,
    readonly memory: WebAssembly.Memory,
    bytes: Uint8Array,
    readonly name: string,
  ) {
    try {
      this.#spec = JSON.parse(Buffer.from(bytes).toString()) as FakeObjectSpec;
    } catch (cause) {
      throw new BpfError(EINVAL, "EINVAL", `object '${name}' is not a BPF object`, { cause });
    }
    backend.openObjects++;
    this.maps = Object.entries(this.#spec.maps ?? {}).map(
      ([map, spec]) => new FakeMap(this, map, spec),
    );
    this.programs = Object.entries(this.#spec.programs ?? {}).map(([program, spec]) => ({
      name: program,
      section: spec.section,
      type: 5,
      attachType: 0,
      autoload: true,
      instructions: 2,
      attach: (target = "") => this.#attach(program, spec.attach, target),
      attachTo: (options) => {
        this.backend.attachedTo.push(options);
        return this.#attach(program, spec.attach, options.kind);
      },
      set: (property, value) => this.#set(`program ${program}`, property, value),
      setAttachTarget: (target, name) =>
        this.#set(`program ${program}`, "target", `${target?.name ?? "kernel"} ${name}`),
      info: () => FAKE_INFO,
      testRun: (context = new Uint8Array(), { data = new Uint8Array(), repeat = 1 } = {}) => ({
        retval: repeat,
        context: context.map((byte) => byte + 1),
        data: data.slice().reverse(),
        duration: 12,
      }),
      pin: (path) => this.backend.pin(path),
      unpin: (path) => this.backend.unpin(path),
    }));
  }

  load(): void {
    if (this.loaded) throw new BpfError(EALREADY, "EALREADY", `object '${this.name}' is loaded`);
    const { refuse } = this.#spec;
    if (refuse !== undefined) {
      throw new BpfError(EINVAL, "EINVAL", refuse.message, { detail: refuse.detail });
    }
    this.loaded = true;
  }

  verifierLog(): string {
    return this.#spec.refuse?.detail ?? "";
  }

  pin(folder: string): void {
    this.backend.pin(folder);
  }

  unpin(folder: string): void {
    this.backend.unpin(folder);
  }

  #set(what: string, property: string, value: number | string): void {
    if (this.loaded) throw new BpfError(EBUSY, "EBUSY", `${what} is loaded`);
    this.backend.settings.push(`${what}.${property} = ${value}`);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const close of this.#closers) close();
    this.backend.openObjects--;
  }

  onClose(close: () => void): void {
    this.#closers.push(close);
  }

  #attach(program: string, failure: string | undefined, target: string): BackendLink {
    if (failure === "crash") throw new TypeError("undefined is not a function");
    if (failure !== undefined) throw new BpfError(EBUSY, "EBUSY", failure);
    const name = target === "" ? program : `${program} to ${target}`;
    const link = fakeLink(this.backend, name);
    this.onClose(link.destroy);
    return link;
  }
}

const FAKE_INFO: ProgramInfo = {
  type: 5,
  id: 7,
  tag: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  jitedBytes: 100,
  translatedBytes: 80,
  loadTime: 0x1_0000_0002n,
  uid: 0,
  maps: 2,
  gplCompatible: true,
  runTimeNs: 0x3_0000_0004n,
  runCount: 5n,
  recursionMisses: 6n,
  verifiedInstructions: 9,
};

/** A link whose iterator says "done" once. */
function fakeLink(backend: FakeBackend, name: string): BackendLink {
  backend.attached.add(name);
  let detached = false;
  return {
    destroy: () => void backend.attached.delete(name),
    detach: () => {
      detached = true;
      backend.attached.delete(name);
    },
    update: (program) => {
      backend.attached.delete(name);
      backend.attached.add(program.name);
    },
    info: () => ({
      type: 3,
      id: 4,
      programId: detached ? 0 : 7,
      attachType: -1,
      target: 0x5_0000_0006n,
    }),
    pin: (path) => backend.pin(path),
    unpin: (path) => backend.unpin(path),
    read: (_pointer, length) => (length > 0 ? 0 : -EINVAL),
  };
}

class FakeMap implements BackendMap {
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

class FakeBuffer implements BackendBuffer {
  closed = false;
  pendingSize = 0;

  constructor(
    readonly backend: FakeBackend,
    readonly memory: { readonly buffer: ArrayBuffer },
    readonly records: string[],
  ) {
    backend.openBuffers++;
  }

  poll(buf: number, cap: number): number {
    if (buf % 8 !== 0) return -EINVAL;
    const target = range(this.memory, buf, cap);
    if (target === undefined) return -EFAULT;
    if (this.backend.stopped) return -ECANCELED;
    let used = 0;
    for (let record = this.records[0]; record !== undefined; record = this.records[0]) {
      const bytes = Buffer.from(record);
      const frame = (bytes.length + 15) & ~7;
      if (used + frame > cap) {
        this.pendingSize = bytes.length;
        return used > 0 ? used : -ENOSPC;
      }
      new DataView(target.buffer).setUint32(buf + used, bytes.length, true);
      target.set(bytes, used + 8);
      used += frame;
      this.records.shift();
    }
    return used;
  }

  available(): number {
    return this.records.reduce((bytes, record) => bytes + ((record.length + 15) & ~7), 0);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.backend.openBuffers--;
  }
}

function range(
  memory: { readonly buffer: ArrayBuffer },
  pointer: number,
  length: number,
): Uint8Array<ArrayBuffer> | undefined {
  if (pointer + length > memory.buffer.byteLength) return undefined;
  return new Uint8Array(memory.buffer, pointer, length);
}
