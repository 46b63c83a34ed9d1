import type {
  BackendLink,
  BackendObject,
  BackendSession,
  OpenObjectOptions,
  TypeEnum,
} from "../../backend/backend.js";
import type { Guard } from "../guard/guard.js";
import { GuardedLink } from "./link.js";
import { GuardedObject } from "./object.js";
import { PinPaths } from "./pin-paths.js";

/** A session in which a guard is asked before anything happens that a policy can forbid. What is called for each record is the backend's own. */
export class GuardedSession implements BackendSession {
  readonly wait: BackendSession["wait"];
  readonly write: BackendSession["write"];
  readonly descriptors?: BackendSession["descriptors"];
  readonly #raw: BackendSession;
  readonly #guard: Guard;
  readonly #pins: PinPaths;

  constructor(raw: BackendSession, guard: Guard) {
    this.#raw = raw;
    this.#guard = guard;
    this.#pins = new PinPaths(guard.name);
    this.wait = raw.wait.bind(raw);
    this.write = raw.write.bind(raw);
    if (raw.descriptors !== undefined) this.descriptors = raw.descriptors.bind(raw);
  }

  openObject(bytes: Uint8Array, options: OpenObjectOptions): BackendObject {
    const { folder } = this.#pins;
    const pinRoot = options.pinRoot ?? folder;
    const raw = this.#raw.openObject(bytes, {
      ...options,
      ...(pinRoot !== undefined && { pinRoot }),
    });
    return new GuardedObject(raw, bytes, this.#raw, this.#guard, this.#pins);
  }

  interfaceIndex(name: string): number {
    return this.#raw.interfaceIndex(name);
  }

  probeMapType(type: number): boolean {
    return this.#raw.probeMapType(type);
  }

  probeProgramType(type: number): boolean {
    return this.#raw.probeProgramType(type);
  }

  probeHelper(programType: number, helper: number): boolean {
    return this.#raw.probeHelper(programType, helper);
  }

  kernelVersion(): number {
    return this.#raw.kernelVersion();
  }

  possibleCpus(): number {
    return this.#raw.possibleCpus();
  }

  enableStats(): BackendLink {
    this.#guard.require("stats_enable", { kind: "stats" });
    return new GuardedLink(this.#raw.enableStats(), this.#guard, this.#pins, { uses: [] });
  }

  openLink(path: string): BackendLink {
    const place = this.#pins.find(path);
    this.#guard.require("link_open", place.use);
    return new GuardedLink(this.#raw.openLink(place.path), this.#guard, this.#pins, { pin: place });
  }

  /** The kernel's BTF is there for everybody to read. */
  findKernelType(name: string, kind: number, module: string): number {
    return this.#raw.findKernelType(name, kind, module);
  }

  typeName(of: TypeEnum, number: number): string | undefined {
    return this.#raw.typeName(of, number);
  }

  close(): void {
    this.#raw.close();
  }
}
