import type {
  AttachOptions,
  BackendLink,
  BackendProgram,
  ProgramInfo,
  ProgramProperty,
  TestRunOptions,
  TestRunResult,
} from "../../backend/backend.js";
import { BpfError } from "../../backend/backend.js";
import { optionsOfTarget } from "../../backend/kernel/attach/target.js";
import { policyTypeOf } from "../analyse/program-type.js";
import { optionsOfSection } from "../analyse/section-options.js";
import { sectionMode, sectionTarget } from "../analyse/section-target.js";
import type { Guard } from "../guard/guard.js";
import type { AttachUse } from "../model/use.js";
import type { HeldPath } from "./held-path.js";
import { GuardedLink } from "./link.js";
import type { PinPaths } from "./pin-paths.js";
import { placeOf } from "./place.js";
import { rawOf, standsFor } from "./raw.js";

/** A program whose calls are let through by a guard. */
export class GuardedProgram implements BackendProgram {
  readonly #raw: BackendProgram;
  readonly #guard: Guard;
  readonly #pins: PinPaths;
  /** What was chosen before the load, in place of what the section says. */
  #chosen: string | undefined;
  #flags = 0;

  constructor(raw: BackendProgram, guard: Guard, pins: PinPaths) {
    this.#raw = raw;
    standsFor<BackendProgram>(this, raw);
    this.#guard = guard;
    this.#pins = pins;
  }

  get name(): string {
    return this.#raw.name;
  }

  get section(): string {
    return this.#raw.section;
  }

  get type(): number {
    return this.#raw.type;
  }

  get attachType(): number {
    return this.#raw.attachType;
  }

  get autoload(): boolean {
    return this.#raw.autoload;
  }

  get instructions(): number {
    return this.#raw.instructions;
  }

  /** `BPF_F_*` that the module set. */
  get flags(): number {
    return this.#flags;
  }

  attach(target = ""): BackendLink {
    const options = this.#optionsOf(target) ?? optionsOfSection(this.#raw);
    if (options !== undefined) return this.#attachTo("program_attach", options);
    const { type, madeFor, mode } = this.#attached();
    const use: AttachUse = {
      kind: "attach",
      program: this.name,
      type,
      target: madeFor,
      ...(mode !== undefined && { mode }),
    };
    this.#guard.require("program_attach", use);
    return this.#link(this.#raw.attach(), [use], undefined);
  }

  attachTo(options: AttachOptions): BackendLink {
    return this.#attachTo("program_attach_to", options);
  }

  set(property: ProgramProperty, value: number): void {
    this.#raw.set(property, value);
    if (property === "flags") this.#flags = value;
  }

  setAttachTarget(target: BackendProgram | undefined, name: string): void {
    const { type } = this.#attached();
    const chosen = target === undefined ? name : `${target.name}:${name}`;
    this.#guard.require("program_set_attach_target", {
      kind: "attach",
      program: this.name,
      type,
      target: chosen,
    });
    this.#raw.setAttachTarget(target && rawOf(target), name);
    this.#chosen = chosen;
  }

  info(): ProgramInfo {
    return this.#raw.info();
  }

  pin(path: string): void {
    const place = this.#pins.find(path);
    this.#guard.require("pin", place.use);
    this.#pins.makeFolder(place);
    this.#raw.pin(place.path);
  }

  unpin(path: string): void {
    this.#raw.unpin(this.#pins.find(path).path);
  }

  testRun(context?: Uint8Array, options?: TestRunOptions): TestRunResult {
    this.#guard.require("program_test_run", { kind: "test-run" });
    return this.#raw.testRun(context, options);
  }

  #attachTo(call: string, options: AttachOptions): BackendLink {
    const place = placeOf(unguarded(options), this.#attached());
    const { type, mode, held } = place;
    try {
      const uses = place.targets.map((target): AttachUse => {
        return {
          kind: "attach",
          program: this.name,
          type,
          target,
          ...(mode !== undefined && { mode }),
        };
      });
      for (const use of uses) this.#guard.require(call, use);
      for (const path of place.files) {
        this.#guard.require(call, { kind: "file", path, access: "read" });
      }
      return this.#link(this.#raw.attachTo(place.options), uses, held);
    } catch (error) {
      throw held?.rename(error) ?? error;
    } finally {
      held?.close();
    }
  }

  #optionsOf(target: string): AttachOptions | undefined {
    try {
      return optionsOfTarget(this.#raw, target);
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      const { errno, code, message } = error;
      const what = `cannot attach program '${this.name}' (${this.section})`;
      throw new BpfError(errno, code, `${what}: ${message}`, { cause: error });
    }
  }

  #attached() {
    const type = policyTypeOf(this.#raw);
    return {
      name: this.name,
      type,
      madeFor: this.#chosen ?? sectionTarget(type, this.section),
      mode: sectionMode(type, this.section),
    };
  }

  #link(raw: BackendLink, uses: readonly AttachUse[], held: HeldPath | undefined): BackendLink {
    return new GuardedLink(raw, this.#guard, this.#pins, { uses, held });
  }
}

/** The same options for a backend, which knows nothing of guards. */
function unguarded(options: AttachOptions): AttachOptions {
  switch (options.kind) {
    case "freplace":
      return { ...options, target: rawOf(options.target) };
    case "sockmap":
      return { ...options, map: rawOf(options.map) };
    case "iter":
      return options.map === undefined ? options : { ...options, map: rawOf(options.map) };
    default:
      return options;
  }
}
