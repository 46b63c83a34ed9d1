/** How many of the log's last lines a message shows: the whole log has up to millions. */
const SHOWN_LINES = 10;

export interface Refusal {
  /** The verifier's own sentence. */
  readonly reason: string;
  /** The C line that the refused instruction came from: "file.bpf.c:12: x = y;". A kernel before 6.8 names no file. */
  readonly source: string | undefined;
  /** The last lines, reason included, statistics left out. */
  readonly lastLines: readonly string[];
}

const STATISTICS =
  /^(processed \d+ insns|verification time|stack depth|insns \d|-- (BEGIN|END) PROG LOAD LOG)/;
const INSTRUCTION = /^\d+: (\(|R\d|<)|^R\d+_?\w*=|^from \d+ to \d+/;
const SOURCE = /^; (.*?)(?: @ (\S+:\d+))?$/;

/**
 * What the verifier's log says at its end.
 * @param log all logs of a load, as libbpf prints them
 * @param program whose log is meant; otherwise the last
 */
export function readRefusal(log: string, program?: string): Refusal | undefined {
  const lines = logOf(log, program)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !STATISTICS.test(line));
  if (lines.length === 0) return undefined;
  const spoken = lines.findLastIndex((line) => !INSTRUCTION.test(line) && !SOURCE.test(line));
  const reasonAt = spoken < 0 ? lines.length - 1 : spoken;
  return {
    reason: (lines[reasonAt] as string).trim().replace(/\.$/, ""),
    source: lines
      .slice(0, reasonAt + 1)
      .map(sourceOf)
      .findLast((source) => source !== undefined),
    lastLines: lines.slice(-SHOWN_LINES),
  };
}

function logOf(log: string, program: string | undefined): string {
  const blocks = log.split(/^libbpf: prog '/m);
  return (
    (program === undefined
      ? undefined
      : blocks.findLast((block) => block.startsWith(`${program}':`))) ??
    blocks.at(-1) ??
    ""
  ).replace(/^.*-- BEGIN PROG LOAD LOG --$/m, "");
}

function sourceOf(line: string): string | undefined {
  const [, text = "", place] = SOURCE.exec(line) ?? [];
  if (text.trim() === "") return undefined;
  return place === undefined ? text.trim() : `${place}: ${text.trim()}`;
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/_or_null/, "check the pointer for NULL before you use it"],
  [
    /^failed to resolve CO-RE relocation/,
    "this kernel lacks it: guard it with bpf_core_field_exists() or its like",
  ],
  [/cannot call GPL/, 'declare char LICENSE[] SEC("license") = "GPL"'],
  [
    /too complex|program is too large|back-edge|infinite loop/,
    "bound or split its loops, or use bpf_loop()",
  ],
  [
    /combined stack size|stack depth .* exceeds|invalid .*stack/,
    "BPF programs have 512 bytes of stack: keep large values in a map",
  ],
  [
    /unbounded (memory access|min value)|min value is negative/,
    "test the length or index against a constant first",
  ],
  [/invalid access to (packet|map value)/, "test the offset against the end first"],
];

/** What usually helps against a reason of the verifier. */
export function hintFor(reason: string): string | undefined {
  return HINTS.find(([pattern]) => pattern.test(reason))?.[1];
}
