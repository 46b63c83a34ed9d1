import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { BackendMap, BackendObject, BackendProgram } from "../backend.js";
import { attempt } from "./attempt.js";
import { explainArena } from "./explain/arena.js";
import { bpfError } from "./explain/errno.js";
import { explainLoad } from "./explain/load.js";
import { checkPinPath, explainPin } from "./explain/pin.js";
import type { GuestMemory } from "./guest-memory.js";
import { KernelMap } from "./map.js";
import type { NativeObject } from "./native.js";
import { KernelProgram } from "./program.js";

const EBADF = 9;
const EALREADY = 114;

export class KernelObject implements BackendObject {
  readonly name: string;
  readonly #maps: readonly KernelMap[];
  readonly #programs: readonly KernelProgram[];
  readonly #native: NativeObject;
  readonly #onClose: () => void;
  #log = "";
  #state: "open" | "loaded" | "failed" | "closed" = "open";

  constructor(name: string, native: NativeObject, memory: GuestMemory, onClose: () => void) {
    this.name = name;
    this.#native = native;
    this.#onClose = onClose;
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
    const what = `BPF object '${this.name}'`;
    checkPinPath(what, folder);
    const made = makeFolder(what, folder);
    const done: (readonly [KernelMap | KernelProgram, string])[] = [];
    try {
      for (const part of this.#loadedParts()) {
        const path = pinOf(folder, part.name);
        part.pin(path);
        done.push([part, path]);
      }
    } catch (error) {
      for (const [part, path] of done) part.unpin(path);
      if (made) rmdirSync(folder);
      throw error;
    }
  }

  unpin(folder: string): void {
    for (const part of this.#loadedParts()) part.unpin(pinOf(folder, part.name));
    try {
      rmdirSync(folder);
    } catch {
      // Others have pins there.
    }
  }

  /** @throws BpfError `EBADF` */
  #loadedParts(): readonly (KernelMap | KernelProgram)[] {
    if (this.#state !== "loaded") {
      throw bpfError(EBADF, `BPF object '${this.name}' is not loaded (EBADF)`);
    }
    return [...this.#maps, ...this.#programs].filter((part) => part.exists());
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#native.close();
    this.#onClose();
  }
}

/** As libbpf names them: a BPF file system takes no dots (`sanitize_pin_path` in its libbpf.c). */
const pinOf = (folder: string, name: string): string => join(folder, name.replaceAll(".", "_"));

/** @returns whether it was not there */
function makeFolder(what: string, folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    const { code, errno = -5 } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    throw explainPin({ errno: -errno, message: "pin" }, what, folder);
  }
}
