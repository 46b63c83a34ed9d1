import type {
  BackendMap,
  BackendObject,
  BackendProgram,
  BackendSession,
  BufferOptions,
} from "../../backend/backend.js";
import { ElfError } from "../../backend/kernel/elf/read.js";
import { bpfError } from "../../imports/errno.js";
import { ObjectCode, type ProgramCode } from "../analyse/code.js";
import { PERF_PAGES, perfBytes } from "../analyse/map-bytes.js";
import { countObject, isLoaded, mapUse, programUses } from "../analyse/object.js";
import { structsOfVariables } from "../analyse/struct-ops.js";
import type { Guard } from "../guard/guard.js";
import type { QuotaUse } from "../model/use.js";
import { machine } from "./machine.js";
import { GuardedMap, type MapOwner } from "./map.js";
import type { PinPaths } from "./pin-paths.js";
import { GuardedProgram } from "./program.js";

/** `enum bpf_map_type` */
const PERF_EVENT_ARRAY = 4;
const STRUCT_OPS = 26;
const ELF = Buffer.from("\x7fELF", "latin1");
const NOTHING = new Uint8Array();
/** What is known of the code of a backend whose objects are not ELF files. */
const NO_CODE: ProgramCode = { instructions: 0, helpers: [], kfuncs: [], byNumber: [] };

type Taken = readonly [QuotaUse["quota"], number];

/** An object that is checked as it is when it is loaded: what the module changed since it was opened counts. */
export class GuardedObject implements BackendObject, MapOwner {
  readonly guard: Guard;
  readonly pins: PinPaths;
  readonly #raw: BackendObject;
  readonly #session: BackendSession;
  /** The very bytes that the backend was given, until they are loaded. */
  #bytes: Uint8Array;
  readonly #maps: readonly GuardedMap[];
  readonly #programs: readonly GuardedProgram[];
  readonly #taken: Taken[] = [];
  #structs: ReadonlyMap<string, string> = new Map();

  constructor(
    raw: BackendObject,
    bytes: Uint8Array,
    session: BackendSession,
    guard: Guard,
    pins: PinPaths,
  ) {
    this.#raw = raw;
    this.#bytes = bytes;
    this.#session = session;
    this.guard = guard;
    this.pins = pins;
    this.#maps = raw.maps.map((map) => new GuardedMap(map, this));
    this.#programs = raw.programs.map((program) => new GuardedProgram(program, guard, pins));
  }

  get name(): string {
    return this.#raw.name;
  }

  get maps(): readonly BackendMap[] {
    return this.#maps;
  }

  get programs(): readonly BackendProgram[] {
    return this.#programs;
  }

  load(): void {
    const maps = this.#maps.filter(({ created }) => created);
    const code = this.#code();
    if (code !== undefined && maps.some(({ info }) => info.type === STRUCT_OPS)) {
      this.#structs = structsOfVariables(this.#bytes);
    }
    const programs = this.#programs.filter(isLoaded);
    for (const program of programs) this.#checkProgram(program, code);
    for (const map of maps) this.#checkMap(map);
    const made = maps.filter(({ reused }) => !reused).map(({ name, info }) => ({ name, ...info }));
    const { guard } = this;
    const counts = countObject(programs, made, code, machine(this.#session));
    const taken: Taken[] = [];
    try {
      for (const quota of ["programs", "instructions", "maps", "mapBytes"] as const) {
        if (counts[quota] === 0) continue;
        guard.take("object_load", quota, counts[quota]);
        taken.push([quota, counts[quota]]);
      }
      this.#raw.load();
    } catch (error) {
      this.#giveBack(taken);
      throw error;
    }
    this.#taken.push(...taken);
    this.#bytes = NOTHING;
  }

  verifierLog(): string {
    return this.#raw.verifierLog();
  }

  pin(folder: string): void {
    const place = this.pins.find(folder);
    for (const { name } of [...this.#maps, ...this.#programs]) {
      const path = `${place.use.path}/${name.replaceAll(".", "_")}`;
      this.guard.require("pin", { ...place.use, path });
    }
    this.pins.makeFolder(place);
    this.#raw.pin(place.path);
  }

  unpin(folder: string): void {
    this.#raw.unpin(this.pins.find(folder).path);
  }

  close(): void {
    this.#giveBack(this.#taken.splice(0));
    this.#raw.close();
  }

  structOf(map: string): string | undefined {
    return this.#structs.get(map);
  }

  countBuffer(map: BackendMap, { pages = 0 }: BufferOptions): void {
    if (map.info.type !== PERF_EVENT_ARRAY || pages === 0) return;
    const facts = machine(this.#session);
    // The map itself was counted with the buffers that it has by default.
    const more = perfBytes(pages, facts) - perfBytes(PERF_PAGES, facts);
    if (more <= 0) return;
    this.guard.take("buffer_open", "mapBytes", more);
    this.#taken.push(["mapBytes", more]);
  }

  #checkProgram(program: GuardedProgram, code: ObjectCode | undefined): void {
    const reached = code?.reach(program.name, program.section) ?? NO_CODE;
    const [first] = reached.byNumber;
    // No policy can grant that: the number is the host's, and the module cannot know what it stands for.
    if (first !== undefined) {
      throw bpfError(
        "EPERM",
        `cannot load BPF object '${this.name}': function '${first}' names a descriptor or a type of the kernel by a number of its own`,
      );
    }
    for (const use of programUses(program, reached)) this.guard.require("object_load", use);
  }

  #checkMap(map: GuardedMap): void {
    this.guard.require("object_load", mapUse({ name: map.name, ...map.info }));
    if (map.pinPath === undefined) return;
    const place = this.pins.find(map.pinPath);
    this.guard.require("object_load", place.use);
    this.pins.makeFolder(place);
  }

  #code(): ObjectCode | undefined {
    if (!this.#isElf()) return undefined;
    try {
      return new ObjectCode(this.#bytes);
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
      throw bpfError("EINVAL", `cannot load BPF object '${this.name}': it ${error.message}`);
    }
  }

  #isElf(): boolean {
    return ELF.equals(this.#bytes.subarray(0, ELF.length));
  }

  #giveBack(taken: readonly Taken[]): void {
    for (const [quota, amount] of taken) this.guard.giveBack(quota, amount);
  }
}
