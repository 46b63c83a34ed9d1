import { suggestion } from "../../../module/near-names.js";
import type { UprobeMultiOptions } from "../../attach/options.js";
import { ElfError } from "../elf/read.js";
import { readFunctions } from "../elf/symbols.js";
import { bpfError, errnoOf } from "../explain/errno.js";
import { binaryPath, globOf } from "./functions.js";

const ENOENT = 2;
const EINVAL = 22;

/** The file, and the offsets in it of all that a uprobe.multi asks for. @throws BpfError */
export function uprobeOffsets(options: UprobeMultiOptions): { path: string; offsets: bigint[] } {
  const { pattern, functions = [], offsets = [], cookies = [] } = options;
  const path = binaryPath(options.path);
  const given = [pattern !== undefined && pattern !== "", functions.length > 0, offsets.length > 0];
  if (given.filter(Boolean).length !== 1) {
    throw bpfError(
      EINVAL,
      "a uprobe.multi takes one of a pattern, functions and offsets, and was given none or more than one",
    );
  }
  const found = offsets.length > 0 ? [...offsets] : lookUp(path, pattern ?? "", functions);
  if (cookies.length > 0 && cookies.length !== found.length) {
    throw bpfError(
      EINVAL,
      `a uprobe.multi takes a cookie for each place or none: there are ${found.length} places and ${cookies.length} cookies`,
    );
  }
  return { path, offsets: found };
}

function lookUp(path: string, pattern: string, functions: readonly string[]): bigint[] {
  const known = functionsOf(path);
  if (functions.length > 0) {
    return functions.map((name) => {
      const offset = known.get(name);
      if (offset !== undefined) return offset;
      throw bpfError(
        ENOENT,
        `'${path}' has no function '${name}'${suggestion(name, known.keys(), "functions")} (ENOENT)`,
      );
    });
  }
  const glob = globOf(pattern);
  // Two names of one function are one place.
  const matching = new Set([...known].filter(([name]) => glob.test(name)).map(([, at]) => at));
  if (matching.size > 0) return [...matching];
  throw bpfError(ENOENT, `'${path}' has no function that matches '${pattern}' (ENOENT)`);
}

function functionsOf(path: string): Map<string, bigint> {
  try {
    return readFunctions(path);
  } catch (cause) {
    if (cause instanceof ElfError) {
      throw bpfError(EINVAL, `'${path}' ${cause.message} (EINVAL)`, { cause });
    }
    const errno = -((cause as NodeJS.ErrnoException).errno ?? -5);
    const { name, text } = errnoOf(errno);
    throw bpfError(errno, `'${path}' cannot be read: ${text} (${name})`, { cause });
  }
}
