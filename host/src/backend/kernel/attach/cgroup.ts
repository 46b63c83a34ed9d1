import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** Where the cgroup file system, version 2, is mounted; `undefined` if nowhere (`/proc/self/mounts`, proc(5)). */
export function cgroupRoot(): string | undefined {
  for (const line of readFileSync("/proc/self/mounts", "utf8").split("\n")) {
    const [, at, type] = line.split(" ");
    // mounts(5) writes a space as \040.
    if (type === "cgroup2")
      return at?.replace(/\\(\d{3})/g, (_, octal) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      );
  }
  return undefined;
}

/** An absolute path as it is, another below the root of the cgroups. */
export function cgroupPath(path: string): string {
  if (isAbsolute(path)) return path;
  return join(cgroupRoot() ?? "/sys/fs/cgroup", path);
}
