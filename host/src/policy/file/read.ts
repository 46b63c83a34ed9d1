import { open } from "node:fs/promises";
import { messageOf } from "../../errors.js";
import { PolicyError, type PolicyErrorCode } from "./problem.js";

/** Larger than any file that a person can review. */
export const MAX_BYTES = 256 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory, a file was expected",
  EACCES: "permission denied",
};

/**
 * The text of a policy or roles file. At most {@link MAX_BYTES} are read, whatever it is.
 * @throws PolicyError
 */
export async function readPolicyText(path: string): Promise<string> {
  return decode(await readBounded(path), path);
}

async function readBounded(path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  try {
    const file = await open(path, "r");
    try {
      for (;;) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
        length += bytesRead;
        if (bytesRead === 0 || length === bytes.length) break;
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    const reason = REASONS[(cause as NodeJS.ErrnoException).code ?? ""] ?? messageOf(cause);
    throw bad("POLICY_UNREADABLE", path, `cannot be read: ${reason}`, { cause });
  }
  if (length > MAX_BYTES) {
    throw bad("POLICY_INVALID", path, `it is larger than ${MAX_BYTES / 1024} KiB`);
  }
  return bytes.subarray(0, length);
}

function decode(bytes: Uint8Array, path: string): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw bad("POLICY_INVALID", path, "it is not UTF-8", { cause, line: firstBadLine(bytes) });
  }
}

/** UTF-8 never has the byte of a line's end inside a character. */
function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found + 1;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end;
  }
  return line;
}

function bad(
  code: PolicyErrorCode,
  file: string,
  text: string,
  { cause, line }: { cause?: unknown; line?: number } = {},
): PolicyError {
  const place = { line, column: line === undefined ? undefined : 1 };
  return new PolicyError(code, [{ file, ...place, key: "", text }], { cause });
}
