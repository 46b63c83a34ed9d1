import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Where Debian and others put it. */
const FILES = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
].map((folder) => `${folder}/libbpf.so.1`);

/** What the installed libbpf exports. */
export interface Libbpf {
  readonly file: string;
  /** The newest version of its symbols, such as `"1.1.0"`. */
  readonly version: string;
  readonly functions: readonly string[];
}

/** Reads the dynamic symbols of the installed libbpf with `nm`, which comes with every compiler. Undefined if there is none. */
export function installedLibbpf(): Libbpf | undefined {
  const file = FILES.find((candidate) => existsSync(candidate));
  if (file === undefined) return undefined;
  const { status, stdout } = spawnSync("nm", ["-D", "--defined-only", file], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const functions = [...stdout.matchAll(/ T (\w+)/g)].map(([, name]) => name as string);
  const versions = [...stdout.matchAll(/ A LIBBPF_([\d.]+)$/gm)].map(([, text]) => text as string);
  const order = new Intl.Collator("en", { numeric: true });
  return {
    file,
    version: versions.sort(order.compare).at(-1) ?? "",
    functions: [...new Set(functions)].sort(),
  };
}
