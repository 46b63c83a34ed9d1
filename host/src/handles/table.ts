import { constants } from "node:os";
import type {
  BackendBuffer,
  BackendLink,
  BackendMap,
  BackendObject,
  BackendProgram,
  BackendUserBuffer,
} from "../backend/backend.js";
import { BpfError } from "../backend/backend.js";

/** What a handle may stand for. */
export interface HandleTypes {
  object: BackendObject;
  map: BackendMap;
  program: BackendProgram;
  link: BackendLink;
  buffer: BackendBuffer;
  userBuffer: BackendUserBuffer;
}
export type HandleKind = keyof HandleTypes;

/** Slots 1 to 65,535; slot 0 is never used, so a handle is never 0. */
export const MAX_OPEN = 0xffff;
/** Generations run from 1 to this, so a handle is a positive i32. */
const MAX_GENERATION = 0x7fff;

interface Entry {
  readonly handle: number;
  readonly kind: HandleKind;
  readonly value: HandleTypes[HandleKind];
  readonly owner: Entry | undefined;
  readonly children: Set<Entry>;
}

interface Slot {
  entry: Entry | undefined;
  generation: number;
  /** What the slot held last, for messages. */
  lastKind: HandleKind;
  wrapped: boolean;
}

/**
 * The handles of one module instance. A handle is `generation << 16 | slot`: a slot that is used again gives another handle, so that an old one is recognised.
 */
export class HandleTable {
  readonly #slots: (Slot | undefined)[] = [undefined];
  /** Free slots, the one that was free longest first: that keeps an old handle recognisable for as long as possible. */
  #free: number[] = [];
  #nextFree = 0;
  /** What was found last: a module mostly asks for the same again, and then little memory is touched, which after a system call is what counts. */
  #latest: Entry | undefined;
  readonly #most: number;
  readonly #refused: (text: string) => void;

  /**
   * @param most handles that may be open at once
   * @param refused told when one more was asked for
   */
  constructor(most = MAX_OPEN, refused: (text: string) => void = () => {}) {
    this.#most = Math.min(most, MAX_OPEN);
    this.#refused = refused;
  }

  /** How many are open. */
  get size(): number {
    return this.#slots.length - 1 - (this.#free.length - this.#nextFree);
  }

  /**
   * @param owner the handle whose closing closes this one too
   * @throws BpfError `EMFILE` when as many are open as there may be
   */
  add<K extends HandleKind>(kind: K, value: HandleTypes[K], owner = 0): number {
    const index = this.#takeSlot();
    const slot = this.#slots[index] ?? {
      entry: undefined,
      generation: 0,
      lastKind: kind,
      wrapped: false,
    };
    this.#slots[index] = slot;
    if (slot.generation === MAX_GENERATION) slot.wrapped = true;
    slot.generation = slot.generation === MAX_GENERATION ? 1 : slot.generation + 1;
    slot.lastKind = kind;
    const ownerEntry = this.#entry(owner);
    const handle = (slot.generation << 16) | index;
    const entry: Entry = { handle, kind, value, owner: ownerEntry, children: new Set() };
    slot.entry = entry;
    ownerEntry?.children.add(entry);
    return handle;
  }

  /** What the handle stands for, or `undefined` if it is not an open handle of that kind. */
  find<K extends HandleKind>(handle: number, kind: K): HandleTypes[K] | undefined {
    let entry = this.#latest;
    if (entry === undefined || entry.handle !== handle) {
      entry = this.#slots[handle & 0xffff]?.entry;
      if (entry === undefined || entry.handle !== handle) return undefined;
      this.#latest = entry;
    }
    if (entry.kind !== kind) return undefined;
    return entry.value as HandleTypes[K];
  }

  /** As {@link find}. @throws BpfError `EBADF` that says what is wrong with it */
  get<K extends HandleKind>(handle: number, kind: K): HandleTypes[K] {
    const value = this.find(handle, kind);
    if (value === undefined)
      throw new BpfError(constants.errno.EBADF, "EBADF", this.explain(handle, kind));
    return value;
  }

  /** The handle of what it came from. */
  ownerOf(handle: number): number {
    return this.#entry(handle)?.owner?.handle ?? 0;
  }

  /** Forgets a handle and all that it owns. What they stand for is the caller's to close. */
  remove(handle: number): void {
    const entry = this.#entry(handle);
    if (entry !== undefined) this.#remove(entry);
  }

  /** One sentence on why a handle is not an open one of that kind. */
  explain(handle: number, expected: HandleKind): string {
    const slot = this.#slots[handle & 0xffff];
    const generation = handle >> 16;
    const wanted = `${article(expected)} was expected`;
    if (slot?.entry?.handle === handle) {
      return `handle ${handle} is ${article(slot.entry.kind)}, ${wanted}`;
    }
    const given =
      slot !== undefined && generation > 0 && (slot.wrapped || generation <= slot.generation);
    if (!given) return `handle ${handle} was never given, ${wanted}`;
    const what = generation === slot.generation ? ` (it was ${article(slot.lastKind)})` : "";
    return `handle ${handle} was closed${what}, ${wanted}`;
  }

  #entry(handle: number): Entry | undefined {
    const entry = this.#slots[handle & 0xffff]?.entry;
    return entry?.handle === handle ? entry : undefined;
  }

  #takeSlot(): number {
    if (this.size >= this.#most) {
      const text = `too many open handles: ${this.#most} are the most${this.#most < MAX_OPEN ? " (limits.handles)" : ""}; close some first`;
      this.#refused(text);
      throw new BpfError(constants.errno.EMFILE, "EMFILE", text);
    }
    const free = this.#free[this.#nextFree];
    if (free !== undefined) {
      this.#nextFree++;
      if (this.#nextFree === this.#free.length) {
        this.#free = [];
        this.#nextFree = 0;
      }
      return free;
    }
    return this.#slots.length;
  }

  #remove(entry: Entry): void {
    for (const child of entry.children) this.#remove(child);
    entry.owner?.children.delete(entry);
    const index = entry.handle & 0xffff;
    const slot = this.#slots[index];
    if (slot === undefined) return;
    slot.entry = undefined;
    if (this.#latest === entry) this.#latest = undefined;
    if (this.#nextFree > 1024 && this.#nextFree * 2 > this.#free.length) {
      this.#free = this.#free.slice(this.#nextFree);
      this.#nextFree = 0;
    }
    this.#free.push(index);
  }
}

const article = (kind: HandleKind): string => {
  if (kind === "object") return "an object";
  return kind === "userBuffer" ? "a user buffer" : `a ${kind}`;
};
