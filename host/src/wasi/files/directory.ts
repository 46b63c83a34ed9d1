import { type BigIntStats, closeSync, constants, lstatSync, openSync, readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { FileAccess } from "../../policy/model/document.js";
import { WasiErrno } from "../errno.js";
import { FileFailure } from "./failure.js";
import type { CheckedGrant } from "./grant.js";
import { statOf } from "./stat.js";
import { O_PATH, Place, walk } from "./walk.js";

/** Where a path of the guest leads, and what may be done there. */
export interface Target {
  readonly place: Place;
  readonly access: FileAccess;
  /** A file that was granted alone: its name belongs to a directory that was not. */
  readonly alone: boolean;
}

/** A directory as a module sees it. */
export interface GuestDirectory {
  readonly access: FileAccess;
  /** @param follow whether a symbolic link at the end is followed. @returns `undefined`: a directory that is nowhere on the host. Else the place is the caller's to close. */
  find(path: string, follow: boolean): Target | undefined;
  /** The names in it, as bytes, without `.` and `..`. */
  names(): Uint8Array[];
  /** `undefined`: it is nowhere on the host. */
  stat(): BigIntStats | undefined;
  close(): void;
}

/** A directory of the host. */
export class HostDirectory implements GuestDirectory {
  readonly access: FileAccess;
  readonly #fd: number;

  /** @param fd its own to close */
  constructor(fd: number, access: FileAccess) {
    this.#fd = fd;
    this.access = access;
  }

  find(path: string, follow: boolean): Target {
    return { place: walk(this.#fd, path, follow), access: this.access, alone: false };
  }

  names(): Uint8Array[] {
    return readdirSync(`/proc/self/fd/${this.#fd}/.`, { encoding: "buffer" });
  }

  stat(): BigIntStats {
    return statOf(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** A directory that holds files which were granted alone, and is nowhere on the host. */
export class GrantedFiles implements GuestDirectory {
  readonly access = "read";
  readonly #files = new Map<string, { parent: number; name: string; access: FileAccess }>();

  add(name: string, { host, access }: CheckedGrant): void {
    const parent = openSync(dirname(host), O_PATH | constants.O_DIRECTORY);
    this.#files.set(name, { parent, name: basename(host), access });
  }

  find(path: string): Target | undefined {
    if (path === "") throw new FileFailure(WasiErrno.noent);
    if (path.startsWith("/")) throw new FileFailure(WasiErrno.notcapable);
    const names = path.split("/").filter((name) => name !== "" && name !== ".");
    const [name, ...below] = names;
    if (name === undefined) return undefined;
    if (name === "..") throw new FileFailure(WasiErrno.notcapable);
    const file = this.#files.get(name);
    if (file === undefined) throw new FileFailure(WasiErrno.noent);
    if (below.length > 0 || path.endsWith("/")) throw new FileFailure(WasiErrno.notdir);
    return { place: new Place([file.parent], file.name, false), access: file.access, alone: true };
  }

  names(): Uint8Array[] {
    const there = [...this.#files].filter(
      ([, { parent, name }]) =>
        lstatSync(`/proc/self/fd/${parent}/${name}`, { throwIfNoEntry: false }) !== undefined,
    );
    return there.map(([name]) => Buffer.from(name));
  }

  stat(): undefined {}

  /** The same once more, to be closed by itself. */
  again(): GrantedFiles {
    const copy = new GrantedFiles();
    for (const [guest, { parent, name, access }] of this.#files) {
      const fd = openSync(`/proc/self/fd/${parent}`, O_PATH | constants.O_DIRECTORY);
      copy.#files.set(guest, { parent: fd, name, access });
    }
    return copy;
  }

  close(): void {
    for (const { parent } of this.#files.values()) closeSync(parent);
    this.#files.clear();
  }
}

/** Opens what was granted: a directory for each that was, and one for each guest directory with files that were. */
export function openGrants(
  grants: readonly CheckedGrant[],
): { guest: string; directory: GuestDirectory }[] {
  const folders = new Map<string, GrantedFiles>();
  const opened: { guest: string; directory: GuestDirectory }[] = [];
  for (const grant of grants) {
    if (grant.kind === "directory") {
      const fd = openSync(grant.host, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      opened.push({ guest: grant.guest, directory: new HostDirectory(fd, grant.access) });
      continue;
    }
    const guest = dirname(grant.guest);
    let folder = folders.get(guest);
    if (folder === undefined) {
      folder = new GrantedFiles();
      folders.set(guest, folder);
      opened.push({ guest, directory: folder });
    }
    folder.add(basename(grant.guest), grant);
  }
  return opened;
}
