import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { readFunctions } from "../elf/symbols.js";

/** Where the dynamic linker looks after LD_LIBRARY_PATH; libbpf looks in the same places (`resolve_full_path` in its libbpf.c). */
const LIBRARIES = ["/usr/lib64", "/usr/lib"];
const PROGRAMS = ["/usr/bin", "/usr/sbin"];

/** A name without a slash as libbpf looks for it; any other path as it is. */
export function binaryPath(path: string): string {
  if (path.includes("/")) return path;
  const library = /\.so(\.|$)/.test(path);
  const listed = (library ? process.env.LD_LIBRARY_PATH : process.env.PATH) ?? "";
  const triple = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" }[process.arch as string];
  const folders = [
    ...listed.split(delimiter).filter((folder) => folder !== ""),
    ...(library && triple !== undefined ? [`/lib/${triple}`, `/usr/lib/${triple}`] : []),
    ...(library ? LIBRARIES : PROGRAMS),
  ];
  return folders.map((folder) => join(folder, path)).find(isReadable) ?? path;
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** The functions of a file, for messages: none if it cannot be read. */
export function functionNames(path: string): string[] {
  try {
    return [...readFunctions(binaryPath(path)).keys()];
  } catch {
    return [];
  }
}

/** What `*` and `?` stand for in a name. */
export function globOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`);
}
