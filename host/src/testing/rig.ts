import { ImportContext } from "../imports/context.js";
import { wbpfImports } from "../imports/index.js";
import type { WbpfFunction } from "../imports/signatures.js";
import { GuestMemory } from "../memory/guest-memory.js";
import { FakeBackend } from "./fake-backend/backend.js";
import type { FakeObjectSpec } from "./fake-backend/object.js";
import { unguarded } from "./guard.js";

/** Bytes of a page of Wasm memory. */
export const PAGE = 65_536;

type Call = (...args: number[]) => number;

/** The `wbpf` imports over a {@link FakeBackend} and a memory of one page, called as a module calls them: with i32 only. */
export class Rig {
  readonly backend = new FakeBackend();
  readonly memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
  readonly guest = new GuestMemory();
  readonly details: string[] = [];
  readonly context = new ImportContext(this.guest, unguarded(), (error) =>
    this.details.push(error.detail ?? ""),
  );
  readonly call = wbpfImports(this.context) as Record<WbpfFunction, Call>;
  #next = 1024;

  constructor() {
    this.guest.attach(this.memory);
    this.context.attach(this.backend.createSession({ memory: this.memory, stopFd: -1 }));
  }

  /** Puts bytes or text into the memory. */
  put(content: string | Uint8Array): [pointer: number, length: number] {
    const bytes = Buffer.from(content as string);
    const pointer = this.#next;
    this.#next = (pointer + bytes.length + 7) & ~7;
    new Uint8Array(this.memory.buffer).set(bytes, pointer);
    return [pointer, bytes.length];
  }

  open(spec: FakeObjectSpec, name = "tool"): number {
    return this.call.object_open(...this.put(JSON.stringify(spec)), ...this.put(name));
  }

  /** Opens and loads an object, and finds one of its maps. */
  map(spec: FakeObjectSpec, name: string): number {
    const object = this.open(spec);
    this.call.object_load(object);
    return this.call.object_find_map(object, ...this.put(name));
  }

  get lastError(): string {
    const length = this.call.last_error(0, 0);
    this.call.last_error(512, 512);
    return Buffer.from(this.memory.buffer, 512, Math.min(length, 512)).toString();
  }

  view(): DataView {
    return new DataView(this.memory.buffer);
  }
}
