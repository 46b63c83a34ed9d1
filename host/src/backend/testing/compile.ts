import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * The BPF object of a test program in this folder, such as `"ring"` for `ring.bpf.c`. Compiled once: the object's file name holds a hash of all that it was made from.
 * @param flags more arguments for clang, such as `-DSIZE=8`
 */
export function compileTestObject(name: string, flags: readonly string[] = []): Uint8Array {
  return compileSource(readFileSync(join(here, `${name}.bpf.c`), "utf8"), name, flags);
}

/** The same for C source that a test writes itself; its lines are known to the verifier as `<name>.bpf.c`. */
export function compileSource(
  source: string,
  name: string,
  flags: readonly string[] = [],
): Uint8Array {
  const options = [
    "-target",
    "bpf",
    "-g",
    "-O2",
    "-Wall",
    "-ferror-limit=3",
    `-I${systemHeaders()}`,
    ...flags,
  ];
  const hash = createHash("sha256")
    .update(JSON.stringify([options, source]))
    .digest("hex");
  const cache = join(tmpdir(), `wbpf-test-objects-${process.getuid?.() ?? 0}`);
  const object = join(cache, `${name}-${hash.slice(0, 16)}.bpf.o`);
  if (!existsSync(object)) {
    mkdirSync(cache, { recursive: true });
    // Renamed into place when it is whole: another test process may be compiling the same.
    const folder = mkdtempSync(join(cache, "compile-"));
    writeFileSync(join(folder, `${name}.bpf.c`), source);
    execFileSync("clang", [...options, "-c", "-o", "out.o", `${name}.bpf.c`], { cwd: folder });
    renameSync(join(folder, "out.o"), object);
    rmSync(folder, { recursive: true });
  }
  // Not a Buffer, whose slice() does not copy.
  return new Uint8Array(readFileSync(object));
}

let multiarch: string | undefined;

/** Where Debian keeps `asm/types.h`, which `-target bpf` does not look for. */
function systemHeaders(): string {
  multiarch ??= execFileSync("gcc", ["-print-multiarch"], { encoding: "utf8" }).trim();
  return `/usr/include/${multiarch}`;
}
