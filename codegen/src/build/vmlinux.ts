import { existsSync, readFileSync } from "node:fs";
import { homedir, release } from "node:os";
import path from "node:path";
import { CodegenError } from "../errors.js";
import { sha256, upwards, writeAtomically } from "./files.js";

/** Where the kernel shows its own BTF. */
const KERNEL_BTF = "/sys/kernel/btf/vmlinux";

/** Whether a C source asks for `vmlinux.h` and its folder has none. */
export function needsVmlinuxHeader(source: string, text: string): boolean {
  return (
    /^\s*#\s*include\s*["<]vmlinux\.h[">]/m.test(text) &&
    !existsSync(path.join(path.dirname(source), "vmlinux.h"))
  );
}

/**
 * The folder that holds `vmlinux.h` of the running kernel, made if it is not there yet. It is kept below `node_modules/.cache/wbpf` of the nearest
 * project, else below `$XDG_CACHE_HOME/wbpf`, in a folder named by the hash of the kernel's BTF.
 *
 * @param make writes the header: the host's `wbpf vmlinux`
 */
export async function vmlinuxFolder(
  folder: string,
  make: (() => Promise<string>) | undefined,
): Promise<string> {
  const cached = path.join(cacheFolder(folder), "vmlinux", kernelKey());
  const header = path.join(cached, "vmlinux.h");
  if (existsSync(header)) return cached;
  if (make === undefined) {
    throw new CodegenError(
      "NO_VMLINUX_HEADER",
      `vmlinux.h is included, but ${path.join(folder, "vmlinux.h")} is not there: make it with \`wbpf vmlinux -o vmlinux.h\``,
    );
  }
  writeAtomically(header, await make());
  return cached;
}

function cacheFolder(folder: string): string {
  const modules = upwards(folder)
    .map((above) => path.join(above, "node_modules"))
    .find(existsSync);
  if (modules !== undefined) return path.join(modules, ".cache", "wbpf");
  const home = process.env.XDG_CACHE_HOME;
  return path.join(
    home !== undefined && home !== "" ? home : path.join(homedir(), ".cache"),
    "wbpf",
  );
}

function kernelKey(): string {
  try {
    return sha256(readFileSync(KERNEL_BTF)).slice(0, 16);
  } catch {
    return release();
  }
}
