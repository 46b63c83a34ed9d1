import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { CodegenError } from "../errors.js";
import { shown, upwards } from "./files.js";

/**
 * Compiler options of a project that has no `asconfig.json`. docs/build.md tells why each has its value.
 */
export const DEFAULT_ASCONFIG = {
  options: { runtime: "incremental" },
  targets: {
    release: { optimizeLevel: 3, shrinkLevel: 2, noAssert: false, debug: false },
    debug: { optimizeLevel: 0, shrinkLevel: 0, debug: true },
  },
} as const;

/** The nearest `asconfig.json`, in the folder or above it; undefined if there is none. A broken one is a `BAD_ASCONFIG`. */
export function findAsconfig(folder: string): string | undefined {
  const file = upwards(folder)
    .map((above) => path.join(above, "asconfig.json"))
    .find(existsSync);
  if (file === undefined) return undefined;
  try {
    JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CodegenError("BAD_ASCONFIG", `${shown(file)} is not JSON: ${why}`, { cause });
  }
  return file;
}

/** Whether an `asconfig.json` asks for another runtime than the one that is AssemblyScript's own choice. */
export function wantsCollector(file: string | undefined): boolean {
  if (file === undefined) return false;
  const { options, targets } = JSON.parse(readFileSync(file, "utf8")) as Config;
  const runtime = targets?.release?.runtime ?? options?.runtime ?? "incremental";
  return runtime !== "incremental";
}

interface Config {
  readonly options?: { readonly runtime?: string };
  readonly targets?: { readonly release?: { readonly runtime?: string } };
}
