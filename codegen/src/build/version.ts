import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that this code runs from: `dist` of the package, or `src` in the repository's tests. */
const CODE = path.resolve(fileURLToPath(import.meta.url), "../..");
const PACKAGE = path.join(CODE, "..");

/** Version of `@wbpf/codegen`. */
export const VERSION = (
  JSON.parse(readFileSync(path.join(PACKAGE, "package.json"), "utf8")) as { version: string }
).version;

/** Our own C headers for BPF sources. */
export const INCLUDE = path.join(PACKAGE, "include");

/** Changes whenever this program does, so that what an older one made is made again. */
export function programKey(): string {
  const hash = createHash("sha256").update(VERSION);
  for (const name of (readdirSync(CODE, { recursive: true }) as string[]).sort()) {
    if (!/\.[jt]s$/.test(name) || name.includes(".test.")) continue;
    const { mtimeMs, size } = statSync(path.join(CODE, name));
    hash.update(`${name} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}
