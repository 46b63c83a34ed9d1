import { readFileSync } from "node:fs";

/** Where a file system of that type, such as `"bpf"`, is mounted: the first place in `/proc/self/mounts` (proc_pid_mounts(5)). */
export function mountOf(type: string): string | undefined {
  let text: string;
  try {
    text = readFileSync("/proc/self/mounts", "utf8");
  } catch {
    return undefined;
  }
  return findMount(text, type);
}

/** @internal for tests: `mountOf` with the file's text. */
export function findMount(text: string, type: string): string | undefined {
  for (const line of text.split("\n")) {
    const [, place, found] = line.split(" ");
    // Spaces and backslashes are written in octal: "\040".
    if (found === type) {
      return place?.replace(/\\([0-7]{3})/g, (_, digits) =>
        String.fromCharCode(Number.parseInt(digits, 8)),
      );
    }
  }
  return undefined;
}
