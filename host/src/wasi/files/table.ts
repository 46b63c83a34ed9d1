import { closeSync } from "node:fs";
import { WasiErrno } from "../errno.js";
import { type GuestDirectory, openGrants } from "./directory.js";
import { FileFailure } from "./failure.js";
import type { CheckedGrant } from "./grant.js";

/** Standard input, output or error. */
export interface Stream {
  readonly kind: "stream";
  readonly number: 0 | 1 | 2;
}

/** A regular file. */
export interface OpenFile {
  readonly kind: "file";
  fd: number;
  /** Where the next read or write is, in bytes. */
  position: number;
  readonly readable: boolean;
  readonly writable: boolean;
  /** `fdflags` of WASI preview 1. */
  flags: number;
}

/** A directory, with what `fd_readdir` has read of it. */
export interface OpenDirectory {
  readonly kind: "directory";
  readonly directory: GuestDirectory;
  /** Its path for the guest, when it was granted. */
  readonly granted: string | undefined;
  names: readonly Uint8Array[] | undefined;
}

export type Descriptor = Stream | OpenFile | OpenDirectory;

/** Descriptors of one instance at the same time. */
const MAX_OPEN = 1024;

/** The descriptors of one instance: the numbers are the module's own and not those of this process. */
export class DescriptorTable {
  readonly #open = new Map<number, Descriptor>();

  constructor(grants: readonly CheckedGrant[]) {
    for (const number of [0, 1, 2] as const) this.#open.set(number, { kind: "stream", number });
    for (const { guest, directory } of openGrants(grants)) {
      this.add({ kind: "directory", directory, granted: guest, names: undefined });
    }
  }

  /** The lowest number that is free. */
  add(descriptor: Descriptor): number {
    if (this.#open.size >= MAX_OPEN) {
      release(descriptor);
      throw new FileFailure(WasiErrno.mfile);
    }
    let number = 0;
    while (this.#open.has(number)) number++;
    this.#open.set(number, descriptor);
    return number;
  }

  /** @throws FileFailure `badf` */
  get(number: number): Descriptor {
    const found = this.#open.get(number);
    if (found === undefined) throw new FileFailure(WasiErrno.badf);
    return found;
  }

  has(number: number): boolean {
    return this.#open.has(number);
  }

  /** @throws FileFailure `badf`, `spipe` for a stream */
  file(number: number): OpenFile {
    const found = this.get(number);
    if (found.kind === "stream") throw new FileFailure(WasiErrno.spipe);
    if (found.kind === "directory") throw new FileFailure(WasiErrno.isdir);
    return found;
  }

  /** @throws FileFailure `badf`, `notdir` */
  directory(number: number): OpenDirectory {
    const found = this.get(number);
    if (found.kind !== "directory") throw new FileFailure(WasiErrno.notdir);
    return found;
  }

  close(number: number): void {
    const found = this.get(number);
    this.#open.delete(number);
    release(found);
  }

  /** Gives one the number of another, which is closed. */
  renumber(from: number, to: number): void {
    const moved = this.get(from);
    const replaced = this.get(to);
    if (from === to) return;
    this.#open.delete(from);
    this.#open.set(to, moved);
    release(replaced);
  }

  closeAll(): void {
    for (const descriptor of this.#open.values()) release(descriptor);
    this.#open.clear();
  }
}

function release(descriptor: Descriptor): void {
  if (descriptor.kind === "file") closeSync(descriptor.fd);
  if (descriptor.kind === "directory") descriptor.directory.close();
}
