import type {
  Backend,
  BackendMap,
  BackendObject,
  BackendProgram,
  BackendSession,
} from "../backend.js";

/** Bytes of a Wasm page. */
export const PAGE = 65536;

/** A module's side of a session, played by a test: its memory, and short ways to find things. */
export class Guest {
  readonly memory: WebAssembly.Memory;
  readonly session: BackendSession;

  constructor(backend: Backend, options: { pages?: number; stopFd?: number } = {}) {
    this.memory = new WebAssembly.Memory({ initial: options.pages ?? 4, maximum: 65536 });
    this.session = backend.createSession({ memory: this.memory, stopFd: options.stopFd ?? -1 });
  }

  /** Afresh at each use: `memory.grow` makes an old one useless. */
  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  load(bytes: Uint8Array, name = "test"): BackendObject {
    const object = this.session.openObject(bytes, { name });
    object.load();
    return object;
  }

  setU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  u32(at: number): number {
    return this.view.getUint32(at, true);
  }

  setU64(at: number, value: bigint): void {
    this.view.setBigUint64(at, value, true);
  }

  u64(at: number): bigint {
    return this.view.getBigUint64(at, true);
  }
}

export function mapOf(object: BackendObject, name: string): BackendMap {
  const map = object.maps.find((candidate) => candidate.name === name);
  if (map === undefined) throw new Error(`no map ${name} among ${object.maps.map((m) => m.name)}`);
  return map;
}

export function programOf(object: BackendObject, name: string): BackendProgram {
  const program = object.programs.find((candidate) => candidate.name === name);
  if (program === undefined) throw new Error(`no program ${name}`);
  return program;
}

/** Runs `body` with a guest, and closes its session whatever happens. */
export function withGuest<T>(
  backend: Backend,
  body: (guest: Guest) => T,
  options: { pages?: number; stopFd?: number } = {},
): T {
  const guest = new Guest(backend, options);
  try {
    return body(guest);
  } finally {
    guest.session.close();
  }
}
