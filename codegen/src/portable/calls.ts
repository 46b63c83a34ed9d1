/** A call in the text of a module, with the place of the source that it came from. */
export interface Call {
  readonly callee: string;
  /** As the compiler names sources: `main.ts`; empty if it has none. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

const FUNCTION = /^ {1,2}\(func \$([^\s)]+)/;
const PLACE = /^\s*;;@ (.+):(\d+):(\d+)$/;
const CALL = /^\s*\((?:return_)?call \$([^\s)]+)/;

/**
 * Who calls whom, from Binaryen's text of an unoptimised module (`emitText`): each instruction on a line of its own, and before it a comment with its place in the
 * source where that is known.
 */
export function readCalls(text: string): Map<string, Call[]> {
  const functions = new Map<string, Call[]>();
  let calls: Call[] = [];
  let place = { file: "", line: 0, column: 0 };
  let start = 0;
  while (start < text.length) {
    const next = text.indexOf("\n", start);
    const end = next < 0 ? text.length : next;
    const line = text.slice(start, end);
    start = end + 1;
    const begun = FUNCTION.exec(line);
    if (begun !== null) {
      calls = [];
      functions.set(begun[1] ?? "", calls);
      place = { file: "", line: 0, column: 0 };
      continue;
    }
    const located = PLACE.exec(line);
    if (located !== null) {
      const [, file = "", line = "", column = ""] = located;
      // Binaryen's columns count from 0.
      place = { file, line: Number(line), column: Number(column) + 1 };
      continue;
    }
    const callee = CALL.exec(line)?.[1];
    if (callee !== undefined) calls.push({ callee, ...place });
  }
  return functions;
}
