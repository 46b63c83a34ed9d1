import { readFileSync } from "node:fs";

/** A range of a process's memory with the file behind it. */
export interface Mapping {
  readonly start: bigint;
  readonly end: bigint;
  /** Where in the file it starts. */
  readonly offset: bigint;
  /** As the process sees it, or saw it before it was deleted; `[vdso]` and the like for what is no file. */
  readonly path: string;
  /** The two addresses as /proc/PID/map_files names them. */
  readonly range: string;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) ..x. ([0-9a-f]+) \S+ \d+ *(.*)$/;

/** What of a process's memory can be executed and has a name. @throws Node's error, `ENOENT`: there is no such process */
export function readMappings(pid: number): Mapping[] {
  const mappings: Mapping[] = [];
  for (const line of readFileSync(`/proc/${pid}/maps`, "latin1").split("\n")) {
    const [, start, end, offset, path] = LINE.exec(line) ?? [];
    if (!start || !end || !offset || !path) continue;
    mappings.push({
      start: BigInt(`0x${start}`),
      end: BigInt(`0x${end}`),
      offset: BigInt(`0x${offset}`),
      path: pathOf(path).replace(/ \(deleted\)$/, ""),
      // map_files has them without leading zeros.
      range: `${BigInt(`0x${start}`).toString(16)}-${BigInt(`0x${end}`).toString(16)}`,
    });
  }
  return mappings;
}

/** The kernel writes a newline as `\012`; the rest is bytes. */
const pathOf = (path: string): string =>
  Buffer.from(path.replaceAll("\\012", "\n"), "latin1").toString("utf8");
