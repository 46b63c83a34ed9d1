import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { HostError, messageOf } from "../../errors.js";
import type { Roles, Subject } from "./model.js";

/** What of the process the caller is read from. */
export interface Caller {
  /** The real user id. */
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The user of this process and its groups. Where root says so (`trustSudo` of a roles file that only root can write), a process of root that sudo started is the
 * user's who called sudo. `SUDO_UID` means nothing for anybody else: everyone can set a variable.
 * @throws HostError when the system does not tell
 */
export function callerOf(
  { trustSudo }: Pick<Roles, "trustSudo">,
  { uid, env }: Caller = { uid: process.getuid?.() ?? -1, env: process.env },
): Subject {
  const { SUDO_UID: sudo } = env;
  if (!trustSudo || uid !== 0 || sudo === undefined) {
    // Without a name: the groups of this process and not those of the user's entry.
    return { user: userName(uid), groups: id("-Gnz").split("\0").filter(Boolean) };
  }
  if (!/^\d{1,10}$/.test(sudo)) throw new HostError(`SUDO_UID is '${sudo}', which is no user id`);
  const user = Number(sudo);
  return { user: userName(user), groups: id("-Gnz", "--", `+${user}`).split("\0").filter(Boolean) };
}

/** A user without an entry is called by its number, as `#1000`. */
function userName(uid: number): string {
  try {
    return id("-nu", "--", `+${uid}`).trim();
  } catch {
    return `#${uid}`;
  }
}

function id(...args: string[]): string {
  try {
    return execFileSync("/usr/bin/id", args, {
      encoding: "utf8",
      env: {},
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (cause) {
    throw new HostError(`cannot tell who runs this: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Whether root may go by a file: as with sshd, one that others can write says what others want.
 * @throws HostError
 */
export function requireOwnFile(file: string, uid = process.getuid?.() ?? -1): void {
  const { uid: owner, mode } = statSync(file);
  if (uid !== 0) return;
  if (owner !== 0) throw new HostError(`${file} does not belong to root, who would go by it`);
  if ((mode & 0o022) !== 0) {
    throw new HostError(`${file} can be written by others; chmod go-w ${file}`);
  }
}
