import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { dirname, isAbsolute, join, normalize, relative } from "node:path";
import { BpfError } from "../../backend/backend.js";
import { mountOf } from "../../probe/mounts.js";
import type { PinUse } from "../model/use.js";

/** Where something is or will be pinned, and what it takes to be allowed. */
export interface PinPlace {
  /** Whole, and without symbolic links. */
  readonly path: string;
  readonly use: PinUse;
}

const { EPERM, EINVAL, ENOENT } = constants.errno;
const fail = (errno: number, code: string, why: string) =>
  new BpfError(errno, code, `${why} (${code})`);

/**
 * The pins that a module may name: those in a folder of its own, `wbpf/NAME` in the BPF file system, by a name alone; and others by their whole path. No name leads out
 * of its folder, and none leads through a symbolic link.
 */
export class PinPaths {
  readonly #name: string;
  #root: string | undefined;

  /** @param module what messages call it; two modules of one name share a folder */
  constructor(module: string) {
    this.#name = module.replace(/\.wasm$/, "").replace(/[^\w-]/g, "_") || "module";
  }

  /** The module's own folder, which need not be there; `undefined`: no BPF file system is mounted. */
  get folder(): string | undefined {
    this.#root ??= mountOf("bpf");
    return this.#root === undefined ? undefined : join(this.#root, "wbpf", this.#name);
  }

  /** @throws BpfError `EPERM`: it leads somewhere else; `ENOENT`: there is no BPF file system */
  find(path: string): PinPlace {
    const folder = this.folder;
    const whole = path !== "" && path !== "." && !path.includes("\0") && !path.endsWith("/");
    if (!whole || normalize(path) !== path) {
      throw fail(
        EINVAL,
        "EINVAL",
        `'${path}' is not a pin's path: give it without '.', '..' and empty parts`,
      );
    }
    if (!isAbsolute(path)) {
      if (path.startsWith(".."))
        throw fail(EPERM, "EPERM", `the pin '${path}' leaves the module's folder`);
      if (folder === undefined) {
        throw fail(
          ENOENT,
          "ENOENT",
          "no BPF file system is mounted: `mount -t bpf bpf /sys/fs/bpf`",
        );
      }
      return { path: noLinks(join(folder, path)), use: { kind: "pin", path, own: true } };
    }
    const name = folder === undefined ? "" : relative(folder, path);
    const own = name !== "" && !name.startsWith("..");
    return { path: noLinks(path), use: { kind: "pin", path: own ? name : path, own } };
  }

  /** Makes the folder of a pin of the module's own. */
  makeFolder({ path, use }: PinPlace): void {
    if (use.own) mkdirSync(noLinks(dirname(path)), { recursive: true, mode: 0o700 });
  }
}

/** @throws BpfError `EPERM`: a part of it is a symbolic link */
function noLinks(path: string): string {
  let folder = dirname(path);
  for (; folder !== dirname(folder); folder = dirname(folder)) {
    const real = realpath(folder);
    if (real === folder) break;
    if (real !== undefined)
      throw fail(EPERM, "EPERM", `'${folder}' is not a folder but a link to '${real}'`);
  }
  if (isLink(path)) throw fail(EPERM, "EPERM", `'${path}' is a symbolic link, not a pin`);
  return path;
}

/** `undefined`: nothing is there. */
function realpath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
