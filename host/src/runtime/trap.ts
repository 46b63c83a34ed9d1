import { TrapError, type TrapFrame, type TrapKind } from "../errors.js";
import { sourceLocator } from "./source-map.js";
import type { Startable } from "./start.js";

/** V8's messages (`kTrap…` in its `message-template.h`), what they are, and how a user would say it. */
const TRAPS: readonly (readonly [pattern: RegExp, kind: TrapKind, text: string])[] = [
  [/^unreachable/, "unreachable", "it gave up (unreachable)"],
  [/^memory access out of bounds/, "memory-out-of-bounds", "memory access out of bounds"],
  [/^(divide|remainder) by zero/, "divide-by-zero", "division by zero"],
  [/^divide result unrepresentable/, "integer-overflow", "integer overflow in a division"],
  [/^float unrepresentable/, "integer-overflow", "a float does not fit into the integer type"],
  [/^table index is out of bounds/, "table-out-of-bounds", "call of a function that is not there"],
  [
    /^null function|^table signature|signature mismatch/,
    "bad-indirect-call",
    "indirect call of a wrong function",
  ],
  [/^stack overflow/, "stack-overflow", "stack overflow; is there an endless recursion?"],
  [/^uncaught exception/, "uncaught-exception", "an exception that it did not catch"],
];

/** Names of functions that say nothing to a user. */
const NOISE = /(^|[/#])(abort|onAbort|__abort|panic)$|^~/;

/**
 * Makes the error of a trap from what V8 says: its message, and a stack whose Wasm frames end in `wasm-function[N]:0xOFFSET`.
 * @param shift by how many bytes the code that ran stood later than in the module's file
 */
export async function describeTrap(
  module: Startable,
  message: string,
  stack: string,
  shift = 0,
): Promise<TrapError> {
  const [, kind, text] = TRAPS.find(([pattern]) => pattern.test(message)) ?? [
    null,
    "other",
    message,
  ];
  const map = await module.readSourceMap().catch(() => undefined);
  const frames = await resolveFrames(stack, map, module.bytes, shift);
  const shown = withoutNoise(frames);
  const top = shown[0];
  const where = top === undefined ? "" : ` ${describeFrame(top)}`;
  const advice = map === undefined ? " (build with --debug to see file and line)" : "";
  return new TrapError(kind, `${module.name} trapped${where}: ${text}${advice}`, shown);
}

/** Leaves out how the language's runtime gives up, and what only the compiler wrote, unless there is nothing else. */
function withoutNoise(frames: readonly TrapFrame[]): readonly TrapFrame[] {
  const kept = frames.filter(({ functionName }) => !NOISE.test(functionName ?? ""));
  return kept.length > 0 ? kept : frames;
}

/** `at main.ts:12:5 in handle`, or as much of it as is known. */
export function describeFrame(frame: TrapFrame): string {
  const { source, functionName, offset } = frame;
  const inside = functionName === undefined ? "" : ` in ${functionName}`;
  if (source !== undefined) return `at ${source.file}:${source.line}:${source.column}${inside}`;
  return inside === "" ? `at byte 0x${offset.toString(16)}` : inside.trimStart();
}

const FRAME = /^\s*at (?:(.+) \()?wasm:\/\/.*:wasm-function\[\d+\]:0x([0-9a-f]+)\)?$/;

async function resolveFrames(
  stack: string,
  map: string | undefined,
  bytes: Uint8Array,
  shift: number,
): Promise<TrapFrame[]> {
  const locate = map === undefined ? () => undefined : await sourceLocator(map, bytes);
  const frames: TrapFrame[] = [];
  for (const line of stack.split("\n")) {
    const match = FRAME.exec(line);
    if (match === null) continue;
    const offset = Number.parseInt(match[2] ?? "", 16) - shift;
    frames.push({ functionName: shortName(match[1]), offset, source: locate(offset) });
  }
  return frames;
}

/** asc puts the file before each function's name: `main/Tool#run` is `Tool#run` of main.ts, `~lib/rt/itcms/__new` is `__new`. */
function shortName(name: string | undefined): string | undefined {
  return name?.replace(/^.*\/(?=[^/]+$)/, "");
}
