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

/** A name in Binaryen's text: in quotes if it has characters such as a comma. */
const NAME = String.raw`\$(?:"([^"]*)"|([^\s)]+))`;
const FUNCTION = new RegExp(String.raw`^ {1,2}\(func ${NAME}`);
const PLACE = /^\s*;;@ (.+):(\d+):(\d+)$/;
const CALL = new RegExp(String.raw`^\s*\((?:return_)?call ${NAME}`);
/** What the compiler put in the place of a call of an `@inline` function. */
const INLINED = new RegExp(String.raw`^\s*\(block ${NAME}`);

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
      functions.set(begun[1] ?? begun[2] ?? "", calls);
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
    const called = CALL.exec(line);
    if (called !== null) calls.push({ callee: called[1] ?? called[2] ?? "", ...place });
    const block = called === null ? INLINED.exec(line) : null;
    const inlined = /^(.*)\|inlined\.\d+$/.exec(block?.[1] ?? block?.[2] ?? "")?.[1];
    if (inlined !== undefined) calls.push({ callee: inlined, ...place });
  }
  return functions;
}
