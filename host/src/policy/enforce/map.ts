import type {
  BackendBuffer,
  BackendLink,
  BackendMap,
  BackendProgram,
  BatchOperation,
  BufferOptions,
  MapElements,
  MapInfo,
  MapProperty,
  StorageOwner,
} from "../../backend/backend.js";
import { cgroupPath } from "../../backend/kernel/attach/cgroup.js";
import { interfaceName } from "../../backend/kernel/interfaces.js";
import { mapTypeName } from "../analyse/map-type.js";
import type { Guard } from "../guard/guard.js";
import { HeldPath } from "./held-path.js";
import { GuardedLink } from "./link.js";
import type { PinPaths } from "./pin-paths.js";
import { rawOf, standsFor } from "./raw.js";

/** `enum bpf_map_type` */
const DEVMAP = 14;
const DEVMAP_HASH = 25;
const CGRP_STORAGE = 32;

/** What a guarded map needs from its object. */
export interface MapOwner {
  readonly guard: Guard;
  readonly pins: PinPaths;
  /** The struct that a struct_ops map is of. */
  structOf(map: string): string | undefined;
  /** Counts the memory by which a buffer of a map is read. */
  countBuffer(map: BackendMap, options: BufferOptions): void;
}

/** A map whose calls are let through by a guard; what is called for each element or record is the backend's own. */
export class GuardedMap implements BackendMap {
  readonly elements: MapElements;
  readonly initialValue: BackendMap["initialValue"];
  readonly setInitialValue: BackendMap["setInitialValue"];
  readonly openUserBuffer: BackendMap["openUserBuffer"];
  readonly liveLayout?: BackendMap["liveLayout"];
  readonly mapLive?: BackendMap["mapLive"];
  readonly #raw: BackendMap;
  readonly #owner: MapOwner;
  #created = true;
  #reused = false;

  constructor(raw: BackendMap, owner: MapOwner) {
    this.#raw = raw;
    this.#owner = owner;
    this.elements = raw.elements ?? raw;
    standsFor<BackendMap>(this, raw);
    this.initialValue = raw.initialValue.bind(raw);
    this.setInitialValue = raw.setInitialValue.bind(raw);
    this.openUserBuffer = raw.openUserBuffer.bind(raw);
    if (raw.liveLayout !== undefined) this.liveLayout = raw.liveLayout.bind(raw);
    if (raw.mapLive !== undefined) this.mapLive = raw.mapLive.bind(raw);
  }

  get name(): string {
    return this.#raw.name;
  }

  lookup(key: number, value: number, flags: number): number {
    return this.elements.lookup(key, value, flags);
  }

  update(key: number, value: number, flags: number): number {
    return this.elements.update(key, value, flags);
  }

  delete(key: number): number {
    return this.elements.delete(key);
  }

  nextKey(key: number, next: number): number {
    return this.elements.nextKey(key, next);
  }

  keyAfter(key: number, next: number): number {
    return this.elements.keyAfter(key, next);
  }

  lookupAndDelete(key: number, value: number, flags: number): number {
    return this.elements.lookupAndDelete(key, value, flags);
  }

  batch(operation: BatchOperation, args: number): number {
    return this.elements.batch(operation, args);
  }

  get info(): MapInfo {
    return this.#raw.info;
  }

  get pinPath(): string | undefined {
    return this.#raw.pinPath;
  }

  /** Whether the load makes it or, if it is pinned, finds it. */
  get created(): boolean {
    return this.#created;
  }

  /** Whether it is one that was there before. */
  get reused(): boolean {
    return this.#reused;
  }

  updateMap(key: number, inner: BackendMap, flags: number): number {
    return this.#raw.updateMap(key, rawOf(inner), flags);
  }

  updateProgram(key: number, program: BackendProgram, flags: number): number {
    return this.#raw.updateProgram(key, rawOf(program), flags);
  }

  updateCgroup(key: number, path: string): number {
    return this.#withPath("map_update_cgroup", cgroupPath(path), (found) =>
      this.#raw.updateCgroup(key, found),
    );
  }

  updateRedirect(key: number, target: number, program: BackendProgram | undefined): number {
    const { type } = this.info;
    if (type === DEVMAP || type === DEVMAP_HASH) {
      // Packets leave there: whoever may do that may also attach there.
      this.#owner.guard.require("map_update_redirect", {
        kind: "attach",
        program: program?.name ?? `map ${this.name}`,
        type: "xdp",
        target: interfaceName(target) ?? `interface ${target}`,
      });
    }
    return this.#raw.updateRedirect(key, target, program && rawOf(program));
  }

  storageLookup(owner: StorageOwner, value: number): number {
    return this.#withOwner("map_storage_lookup", owner, (found) =>
      this.#raw.storageLookup(found, value),
    );
  }

  storageUpdate(owner: StorageOwner, value: number, flags: number): number {
    return this.#withOwner("map_storage_update", owner, (found) =>
      this.#raw.storageUpdate(found, value, flags),
    );
  }

  storageDelete(owner: StorageOwner): number {
    return this.#withOwner("map_storage_delete", owner, (found) => this.#raw.storageDelete(found));
  }

  freeze(): void {
    this.#owner.guard.require("map_freeze", { kind: "freeze" });
    this.#raw.freeze();
  }

  openBuffer(memory?: ArrayBuffer, options: BufferOptions = {}): BackendBuffer {
    this.#owner.countBuffer(this.#raw, options);
    return this.#raw.openBuffer(memory, options);
  }

  set(property: MapProperty, value: bigint): void {
    this.#raw.set(property, value);
    if (property === "autocreate") this.#created = value !== 0n;
  }

  reusePin(path: string): void {
    const { guard, pins } = this.#owner;
    const place = pins.find(path);
    guard.require("map_reuse_pin", place.use);
    this.#raw.reusePin(place.path);
    this.#reused = true;
  }

  pin(path: string): void {
    const { guard, pins } = this.#owner;
    const place = pins.find(path);
    guard.require("pin", place.use);
    pins.makeFolder(place);
    this.#raw.pin(place.path);
  }

  unpin(path: string): void {
    this.#raw.unpin(this.#owner.pins.find(path).path);
  }

  attachStructOps(): BackendLink {
    const { guard, pins } = this.#owner;
    const use = {
      kind: "attach",
      program: this.name,
      type: mapTypeName(this.info.type),
      target: this.#owner.structOf(this.name),
    } as const;
    guard.require("map_attach_struct_ops", use);
    return new GuardedLink(this.#raw.attachStructOps(), guard, pins, { uses: [use] });
  }

  #withOwner(call: string, owner: StorageOwner, then: (owner: StorageOwner) => number): number {
    if (!("path" in owner)) return then(owner);
    const path = this.info.type === CGRP_STORAGE ? cgroupPath(owner.path) : owner.path;
    return this.#withPath(call, path, (found) => then({ path: found }));
  }

  /** A file whose only use is that it is this one, and no other. */
  #withPath(call: string, path: string, then: (path: string) => number): number {
    const held = HeldPath.open(path);
    try {
      const real = held?.real ?? path;
      this.#owner.guard.require(call, { kind: "file", path: real, access: "read" });
      return then(held?.path ?? path);
    } catch (error) {
      throw held?.rename(error) ?? error;
    } finally {
      held?.close();
    }
  }
}
