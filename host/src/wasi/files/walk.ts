import { closeSync, constants, lstatSync, openSync, readlinkSync, type Stats } from "node:fs";
import { WasiErrno } from "../errno.js";
import { FileFailure } from "./failure.js";

/** `O_PATH` of `include/uapi/asm-generic/fcntl.h`: a descriptor that only says where something is. Node does not name it. */
export const O_PATH = 0o10000000;
const { O_DIRECTORY, O_NOFOLLOW } = constants;
/** As the kernel's `MAXSYMLINKS` (`include/linux/namei.h`). */
const MAX_LINKS = 40;

/** Where a path ends: a name in a directory that is held open. The name `.` is the directory itself. Nothing that is done with {@link path} may follow a symbolic link. */
export class Place {
  readonly name: string;
  /** The path ended in `/`, so only a directory will do. */
  readonly wantsDirectory: boolean;
  readonly #stack: readonly number[];

  /** @param stack directories from the granted one on; the first is not this place's to close */
  constructor(stack: readonly number[], name: string, wantsDirectory: boolean) {
    this.#stack = stack;
    this.name = name;
    this.wantsDirectory = wantsDirectory;
  }

  /** A path of the host for it, which stands fast whatever is renamed meanwhile. */
  get path(): string {
    return `/proc/self/fd/${this.#stack[this.#stack.length - 1]}/${this.name}`;
  }

  /** Where that is now, for people and policies. Nothing is opened by it. */
  hostPath(): string {
    const directory = readlinkSync(`/proc/self/fd/${this.#stack[this.#stack.length - 1]}`);
    if (this.name === ".") return directory;
    return directory === "/" ? `/${this.name}` : `${directory}/${this.name}`;
  }

  close(): void {
    for (const fd of this.#stack.slice(1)) closeSync(fd);
  }
}

/**
 * Finds where a guest's path leads, name by name below an open directory. No name is looked up by the kernel further than itself: symbolic links are read and walked
 * here, by the same rules. What leads out of the directory (`..`, an absolute path or link) is refused, and a directory that somebody moves meanwhile changes nothing: `..` goes
 * back to the descriptor that it was entered from. `openat2(RESOLVE_BENEATH)` would do the same for an open; this also serves what has no such call, such as rename.
 *
 * @param follow whether a symbolic link at the end is followed
 * @throws FileFailure, or Node's error of a system call
 */
export function walk(root: number, path: string, follow: boolean): Place {
  if (path === "") throw new FileFailure(WasiErrno.noent);
  const stack = [root];
  try {
    const todo = split(path);
    let links = 0;
    for (;;) {
      const name = todo.pop();
      if (name === undefined) return new Place(stack, ".", true);
      if (name === "" || name === ".") continue;
      if (name === "..") {
        if (stack.length === 1) throw new FileFailure(WasiErrno.notcapable);
        closeSync(stack.pop() as number);
        continue;
      }
      const here = `/proc/self/fd/${stack[stack.length - 1]}/${name}`;
      const last = todo.every((rest) => rest === "" || rest === ".");
      const slash = last && todo.length > 0;
      if ((!last || follow || slash) && status(here)?.isSymbolicLink()) {
        if (++links > MAX_LINKS) throw new FileFailure(WasiErrno.loop);
        todo.push(...split(readlinkSync(here)));
        continue;
      }
      if (last) return new Place(stack, name, slash);
      stack.push(openSync(here, O_PATH | O_DIRECTORY | O_NOFOLLOW));
    }
  } catch (error) {
    for (const fd of stack.slice(1)) closeSync(fd);
    throw error;
  }
}

/** The names of a path, the first one last. */
function split(path: string): string[] {
  if (path.startsWith("/")) throw new FileFailure(WasiErrno.notcapable);
  return path.split("/").reverse();
}

function status(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
