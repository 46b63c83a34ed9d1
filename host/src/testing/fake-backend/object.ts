import { constants } from "node:os";
import {
  type BackendLink,
  type BackendObject,
  type BackendProgram,
  BpfError,
  type MapInfo,
  type ProgramInfo,
} from "../../backend/backend.js";
import type { FakeBackend } from "./backend.js";
import { fakeLink } from "./link.js";
import { FakeMap } from "./map.js";

const { EINVAL, EBUSY, EALREADY } = constants.errno;

/** What an object of the {@link FakeBackend} holds: the bytes that a module opens are this, as JSON. */
export interface FakeObjectSpec {
  readonly maps?: Readonly<
    Record<string, Partial<MapInfo> & { initial?: number[]; records?: string[] }>
  >;
  readonly programs?: Readonly<Record<string, { section: string; attach?: string }>>;
  /** Message of the failure of `load`, with this detail. */
  readonly refuse?: { message: string; detail: string };
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

/** An object of a {@link FakeBackend}: its maps hold what they are given, its programs run nothing. */
export class FakeObject implements BackendObject {
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
