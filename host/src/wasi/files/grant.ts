import { lstatSync, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { messageOf, UsageError } from "../../errors.js";
import type { FileAccess } from "../../policy/model/document.js";

/** A file or directory of the host that a module may reach. */
export interface FileGrant {
  /** The path by which the module knows it, such as `/data`, `.` or `/etc/tool.conf`. */
  readonly guest: string;
  /** The path on the host. A regular file grants itself and nothing beside it; a directory all that lies below it. It has to be there at the start. */
  readonly host: string;
  /** `"write"` also creates, changes, renames and removes; in the case of a file, only it. */
  readonly access: FileAccess;
}

/** A grant that was looked at: what of it is the host's no longer depends on the working directory, nor on a symbolic link. */
export interface CheckedGrant extends FileGrant {
  readonly kind: "file" | "directory";
}

/**
 * Every file and directory that a module may reach, from what its starter granted: the one list that descriptors are opened from, and that a policy can take
 * from.
 *
 * @throws {@link UsageError} for a grant that makes no sense
 */
export function fileGrants(grants: readonly FileGrant[] = []): CheckedGrant[] {
  const checked = grants.map(checkGrant);
  const directories = checked.filter(({ kind }) => kind === "directory");
  const taken = new Set<string>();
  for (const { guest, kind } of checked) {
    if (taken.has(guest)) throw new UsageError(`two grants have the guest path '${guest}'`);
    taken.add(guest);
    const above = directories.find((directory) => isBelow(guest, directory.guest));
    if (kind === "file" && above !== undefined) {
      throw new UsageError(
        `the file '${guest}' lies in the directory '${above.guest}', which is granted as a whole: give one of the two another guest path`,
      );
    }
  }
  return checked;
}

function checkGrant({ guest, host, access }: FileGrant): CheckedGrant {
  if (access !== "read" && access !== "write") {
    throw new UsageError(
      `the grant of '${host}' has the access '${access}'; read or write was expected`,
    );
  }
  for (const path of [guest, host]) {
    if (path === "" || path.includes("\0")) {
      throw new UsageError(`'${path}' is no path that could be granted`);
    }
  }
  let real: string;
  try {
    real = realpathSync(resolve(host));
    lstatSync("/proc/self/fd");
  } catch (cause) {
    throw new UsageError(`cannot grant '${host}': ${reason(cause)}`, { cause });
  }
  const stat = statSync(real);
  if (!stat.isFile() && !stat.isDirectory()) {
    throw new UsageError(`cannot grant '${host}': it is neither a regular file nor a directory`);
  }
  const kind = stat.isFile() ? "file" : "directory";
  return { guest: normalGuest(guest, host), host: real, access, kind };
}

function reason(cause: unknown): string {
  const { code, path } = cause as NodeJS.ErrnoException;
  if (path === "/proc/self/fd") return "/proc is not mounted, and files are reached through it";
  if (code === "ENOENT") return "there is no such file or directory";
  if (code === "EACCES") return "permission denied";
  return messageOf(cause);
}

/** Without `//`, `/./` and a slash at the end. */
function normalGuest(guest: string, host: string): string {
  const names = guest.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) {
    throw new UsageError(`the guest path '${guest}' of '${host}' must not contain '..'`);
  }
  return guest.startsWith("/") ? `/${names.join("/")}` : names.join("/") || ".";
}

function isBelow(guest: string, directory: string): boolean {
  if (directory === "/" || directory === ".")
    return guest.startsWith("/") === directory.startsWith("/");
  return guest.startsWith(`${directory}/`);
}
