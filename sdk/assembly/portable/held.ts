import { ElfSection, findSection } from "./elf";
import { mapFacts } from "./facts";
import { MapFacts } from "./map_facts";
import { newQueue, Queue } from "./queue";

/** Something that the SDK has a handle of. */
export abstract class Held {}

/** An object: its bytes until it is loaded, the host's handle from then on. */
export class HeldObject extends Held {
  /** The host's; 0 while it is not loaded. */
  handle: u64 = 0;
  closed: bool = false;
  /** The only buffer that the hosts can read of an object. */
  buffer: HeldBuffer | null = null;

  constructor(
    readonly name: string,
    readonly bytes: usize,
    readonly length: i32,
  ) {
    super();
  }
}

/** A map. The host tells its number once the object is loaded. */
export class HeldMap extends Held {
  /** The host's; -1: not asked for yet. */
  fd: i32 = -1;
  readonly facts: MapFacts;

  constructor(
    readonly object: HeldObject,
    readonly name: string,
  ) {
    super();
    this.facts = mapFacts(object.name, name);
  }
}

/** A section of global variables, as it stands in the object's bytes. */
export class HeldSection extends Held {
  readonly section: ElfSection | null;

  constructor(
    readonly object: HeldObject,
    readonly name: string,
  ) {
    super();
    this.section = findSection(object.bytes, name);
  }
}

export class HeldProgram extends Held {
  constructor(
    readonly object: HeldObject,
    readonly name: string,
  ) {
    super();
  }
}

/** A program that was attached: the hosts have no handle for it. */
export class HeldLink extends Held {}

/** A ring or perf buffer, and its records that the host handed over. */
export class HeldBuffer extends Held {
  /** Where the host copies each record. Queues read whole words. */
  readonly data: usize;
  readonly queue: Queue;
  closed: bool = false;

  /** @param size bytes of a record that fit */
  constructor(
    readonly map: HeldMap,
    readonly size: i32,
  ) {
    super();
    this.data = heap.alloc(size + 8);
    this.queue = newQueue(size);
  }
}

const held: (Held | null)[] = [null];

/** Gives something a handle. Its number is never used again. */
export function hold(value: Held): i32 {
  return held.push(value) - 1;
}

/** What a handle stands for, or null if it is not one of that kind. */
export function find<T extends Held>(handle: i32): T | null {
  if (handle <= 0 || handle >= held.length) return null;
  const value = held[handle];
  return value instanceof T ? <T>value : null;
}

/** Forgets a handle. */
export function release(handle: i32): void {
  if (handle > 0 && handle < held.length) held[handle] = null;
}
