import type { BackendLink, BackendProgram, LinkInfo } from "../../backend/backend.js";
import type { Guard } from "../guard/guard.js";
import type { AttachUse } from "../model/use.js";
import type { HeldPath } from "./held-path.js";
import type { PinPaths } from "./pin-paths.js";
import { rawOf } from "./raw.js";

/** A link whose calls are let through by a guard. */
export class GuardedLink implements BackendLink {
  readonly read: BackendLink["read"];
  readonly #raw: BackendLink;
  readonly #guard: Guard;
  readonly #pins: PinPaths;
  readonly #uses: readonly AttachUse[];
  /** By whose name the link was made, for messages: it is closed long since. */
  readonly #held: HeldPath | undefined;

  constructor(
    raw: BackendLink,
    guard: Guard,
    pins: PinPaths,
    uses: readonly AttachUse[],
    held: HeldPath | undefined,
  ) {
    this.#raw = raw;
    this.#guard = guard;
    this.#pins = pins;
    this.#uses = uses;
    this.#held = held;
    // Iterators are read piece by piece.
    this.read = raw.read.bind(raw);
  }

  destroy(): void {
    this.#named(() => this.#raw.destroy());
  }

  detach(): void {
    this.#named(() => this.#raw.detach());
  }

  update(program: BackendProgram): void {
    for (const use of this.#uses) {
      this.#guard.require("link_update", { ...use, program: program.name });
    }
    this.#named(() => this.#raw.update(rawOf(program)));
  }

  info(): LinkInfo {
    return this.#named(() => this.#raw.info());
  }

  pin(path: string): void {
    const place = this.#pins.find(path);
    this.#guard.require("pin", place.use);
    this.#pins.makeFolder(place);
    this.#named(() => this.#raw.pin(place.path));
  }

  unpin(path: string): void {
    this.#named(() => this.#raw.unpin(this.#pins.find(path).path));
  }

  #named<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw this.#held?.rename(error) ?? error;
    }
  }
}
