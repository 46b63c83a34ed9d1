import { readFile } from "node:fs/promises";
import { ModuleError, messageOf } from "../errors.js";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory, a file was expected",
  EACCES: "permission denied",
};

/**
 * The content of a file.
 * @throws {@link ModuleError} `MODULE_UNREADABLE` with the reason in plain words
 */
export async function readModuleFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = REASONS[(cause as NodeJS.ErrnoException).code ?? ""] ?? messageOf(cause);
    throw new ModuleError("MODULE_UNREADABLE", `cannot read ${path}: ${reason}`, { cause });
  }
}
