import type { BackendMap, BackendObject, BackendProgram } from "../backend.js";
import { attempt } from "./attempt.js";
import { explainArena } from "./explain/arena.js";
import { bpfError } from "./explain/errno.js";
import { explainLoad } from "./explain/load.js";
import type { GuestMemory } from "./guest-memory.js";
import { KernelMap } from "./map.js";
import type { NativeObject } from "./native.js";
import { Pins } from "./pins.js";
import { KernelProgram } from "./program.js";

const EBADF = 9;
const EALREADY = 114;

export class KernelObject implements BackendObject {
  readonly name: string;
  readonly #maps: readonly KernelMap[];
  readonly #programs: readonly KernelProgram[];
  readonly #native: NativeObject;
  readonly #onClose: () => void;
  readonly #pins: Pins;
  #log = "";
  #state: "open" | "loaded" | "failed" | "closed" = "open";

  constructor(name: string, native: NativeObject, memory: GuestMemory, onClose: () => void) {
    this.name = name;
    this.#native = native;
    this.#onClose = onClose;
    this.#pins = new Pins(`BPF object '${name}'`, (folder, pinned) => native.pin(folder, pinned));
    this.#maps = native.maps.map((map, index) => new KernelMap(native, index, map, memory));
    this.#programs = native.programs.map(
      (program, index) => new KernelProgram(native, index, program, memory),
    );
  }

  get maps(): readonly BackendMap[] {
    return this.#maps;
  }

  get programs(): readonly BackendProgram[] {
    return this.#programs;
  }

  load(): void {
    const what = `cannot load BPF object '${this.name}'`;
    if (this.#state === "closed") throw bpfError(EBADF, `${what}: it is closed`);
    if (this.#state === "loaded") throw bpfError(EALREADY, `${what}: it is loaded already`);
    if (this.#state === "failed") {
      throw bpfError(EALREADY, `${what}: it failed to load before; open it again to try once more`);
    }
    for (const map of this.#maps) map.keepInitialValue();
    this.#state = "failed";
    this.#log = attempt(
      () => this.#native.load(),
      (failure) => {
        this.#log = failure.verifier;
        if (failure.message === "arena") return explainArena(this.name);
        return explainLoad(failure, {
          object: this.name,
          maps: this.#native.maps,
          programs: this.#native.programs,
        });
      },
    );
    this.#state = "loaded";
    for (const map of this.#maps) map.connect();
  }

  verifierLog(): string {
    return this.#log;
  }

  pin(folder: string): void {
    this.#pins.add(folder);
  }

  unpin(folder: string): void {
    this.#pins.remove(folder);
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#native.close();
    this.#onClose();
  }
}
