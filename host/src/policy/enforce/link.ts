import type { BackendLink, BackendProgram, LinkInfo } from "../../backend/backend.js";
import type { Guard } from "../guard/guard.js";
import type { AttachUse } from "../model/use.js";
import type { HeldPath } from "./held-path.js";
import { useOfPinned } from "./link-place.js";
import type { PinPaths, PinPlace } from "./pin-paths.js";
import { rawOf } from "./raw.js";

/** How a module came by a link: it attached something, or opened a pin. */
export type LinkOrigin =
  | { readonly uses: readonly AttachUse[]; readonly held?: HeldPath | undefined }
  | { readonly pin: PinPlace };

/** A link whose calls are let through by a guard. */
export class GuardedLink implements BackendLink {
  readonly read: BackendLink["read"];
  readonly #raw: BackendLink;
  readonly #guard: Guard;
  readonly #pins: PinPaths;
  readonly #origin: LinkOrigin;
  /** By whose name the link was made, for messages: it is closed long since. */
  readonly #held: HeldPath | undefined;

  constructor(raw: BackendLink, guard: Guard, pins: PinPaths, origin: LinkOrigin) {
    this.#raw = raw;
    this.#guard = guard;
    this.#pins = pins;
    this.#origin = origin;
    this.#held = "held" in origin ? origin.held : undefined;
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
    for (const use of this.#usesOf(program)) this.#guard.require("link_update", use);
    this.#named(() => this.#raw.update(rawOf(program)));
  }

  #usesOf(program: BackendProgram): readonly AttachUse[] {
    const origin = this.#origin;
    return "pin" in origin
      ? [useOfPinned(this.#raw.info(), origin.pin.use.own, program)]
      : origin.uses.map((use) => ({ ...use, program: program.name }));
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
