import { release } from "node:os";

/** Whether the running kernel is older than `version`, such as `"5.8"`. */
export function olderThan(version: string, running = release()): boolean {
  const [major = 0, minor = 0] = running.split(".").map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = version.split(".").map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
