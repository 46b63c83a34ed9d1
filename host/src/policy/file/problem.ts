import { WbpfError } from "../../errors.js";

/** From the root of a document: keys, and indices of lists. */
export type Path = readonly (string | number)[];

/** `programs.allow[0].type`; empty for the root. */
export function keyText(path: Path): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/** One thing that is wrong with a file. */
export interface FileProblem {
  readonly file: string;
  /** From 1; `undefined`: it is about the file as a whole. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Such as `programs.allow[0].type`; empty: none. */
  readonly key: string;
  /** One sentence, without the place. */
  readonly text: string;
}

/** `FILE:LINE:COLUMN: key: what is wrong`. */
export function problemText({ file, line, column, key, text }: FileProblem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place}: ${key === "" ? "" : `${key}: `}${text}`;
}

/** Why a policy was not taken. `POLICY_UNREADABLE`: there is no such file, or it cannot be read; `POLICY_INVALID`: what it says makes no policy. */
export type PolicyErrorCode = "POLICY_UNREADABLE" | "POLICY_INVALID";

/** A policy or roles file that cannot be used. The message is the first problem in one sentence. */
export class PolicyError extends WbpfError {
  override readonly name = "PolicyError";
  declare readonly code: PolicyErrorCode;
  /** All of them, in the order of the file. */
  readonly problems: readonly FileProblem[];

  constructor(
    code: PolicyErrorCode,
    problems: readonly FileProblem[],
    options?: { cause?: unknown },
  ) {
    const [first] = problems;
    const more = problems.length - 1;
    super(
      code,
      (first === undefined ? "it is no policy" : problemText(first)) +
        (more > 0
          ? ` (and ${more} more: wbpf policy check shows ${more > 1 ? "them" : "it"})`
          : ""),
      options,
    );
    this.problems = problems;
  }
}
