import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** What holds something in the kernel: descriptors of BPF and of perf events, and pins. */
export interface Left {
  /** How many descriptors there are of each kind, such as `anon_inode:bpf-map`. */
  readonly descriptors: Readonly<Record<string, number>>;
  readonly pins: readonly string[];
}

/** What this process holds now, and what is pinned on this machine below the folders that a module of this suite could reach. */
export function leftNow(bpffs: string): Left {
  const descriptors: Record<string, number> = {};
  for (const fd of readdirSync("/proc/self/fd")) {
    let target: string;
    try {
      target = readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      continue;
    }
    if (!/bpf|perf_event|packet/.test(target)) continue;
    descriptors[target] = (descriptors[target] ?? 0) + 1;
  }
  return { descriptors, pins: pinsBelow(bpffs) };
}

function pinsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => folder.includes("hostile") || /hostile|^wbpf$/.test(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? pinsBelow(path) : [path];
    })
    .filter((path) => path.includes("hostile"))
    .sort();
}

/** Programs by name that are attached to an interface, as the kernel's own message tells them. */
export const mounts = (type: string): string | undefined =>
  new RegExp(`^\\S+ (\\S+) ${type} `, "m").exec(readFileSync("/proc/self/mounts", "utf8"))?.[1];
