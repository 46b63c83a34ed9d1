import { TrapError, type TrapFrame, type TrapKind } from "../errors.js";
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

/** Frames that say nothing: how a language's runtime gives up. */
const RUNTIME_FRAME = /(^|[/#])(abort|onAbort|__abort|panic)$/;

/** Makes the error of a trap from what V8 says: its message, and a stack whose Wasm frames end in `wasm-function[N]:0xOFFSET`. */
export async function describeTrap(
  module: Startable,
  message: string,
  stack: string,
): Promise<TrapError> {
  const [, kind, text] = TRAPS.find(([pattern]) => pattern.test(message)) ?? [
    null,
    "other",
    message,
  ];
  const map = await module.readSourceMap().catch(() => undefined);
  const frames = await resolveFrames(stack, map);
  const named = frames.filter((frame) => !RUNTIME_FRAME.test(frame.functionName ?? ""));
  const shown = named.length > 0 ? named : frames;
  const top = shown[0];
  const where = top === undefined ? "" : ` ${describeFrame(top)}`;
  const advice = map === undefined ? " (build with --debug to see file and line)" : "";
  return new TrapError(kind, `${module.name} trapped${where}: ${text}${advice}`, shown);
}

/** `at main.ts:12:5 in handle`, or as much of it as is known. */
export function describeFrame(frame: TrapFrame): string {
  const { source, functionName, offset } = frame;
  const inside = functionName === undefined ? "" : ` in ${functionName}`;
  if (source !== undefined) return `at ${source.file}:${source.line}:${source.column}${inside}`;
  return inside === "" ? `at byte 0x${offset.toString(16)}` : inside.trimStart();
}

const FRAME = /^\s*at (?:(.+) \()?wasm:\/\/.*:wasm-function\[\d+\]:0x([0-9a-f]+)\)?$/;

async function resolveFrames(stack: string, map: string | undefined): Promise<TrapFrame[]> {
  const locate = map === undefined ? () => undefined : await sourceLocator(map);
  const frames: TrapFrame[] = [];
  for (const line of stack.split("\n")) {
    const match = FRAME.exec(line);
    if (match === null) continue;
    const offset = Number.parseInt(match[2] ?? "", 16);
    frames.push({ functionName: shortName(match[1]), offset, source: locate(offset) });
  }
  return frames;
}

/** asc puts the file before each function's name: `main/Tool#run` is `Tool#run` of main.ts, `~lib/rt/itcms/__new` is `__new`. */
function shortName(name: string | undefined): string | undefined {
  return name?.replace(/^.*\/(?=[^/]+$)/, "");
}

async function sourceLocator(map: string): Promise<(offset: number) => TrapFrame["source"]> {
  // Only a module that traps needs it.
  const { TraceMap, traceSegment } = await import("@jridgewell/trace-mapping");
  try {
    const trace = new TraceMap(map);
    return (offset) => {
      // A Wasm module counts as one line, and its byte offsets as columns.
      const segment = traceSegment(trace, 0, offset);
      if (segment === null || segment.length === 1) return undefined;
      const file = trace.sources[segment[1]];
      if (file === null || file === undefined) return undefined;
      return { file, line: segment[2] + 1, column: segment[3] + 1 };
    };
  } catch {
    return () => undefined;
  }
}
