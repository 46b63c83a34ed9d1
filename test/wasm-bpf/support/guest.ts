import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const guests = fileURLToPath(new URL("../guests/", import.meta.url));
const cache = join(tmpdir(), `wbpf-test-guests-${process.getuid?.() ?? 0}`);

/** What makes one guest different from another of the same source. */
export interface GuestOptions {
  /** The BPF side, as in `NAME.bpf.c`. Default: the guest's own name. */
  readonly object?: string;
  /** Whether it exports its function table. Default: true. */
  readonly table?: boolean;
  /** More arguments for the guest's compiler and linker. */
  readonly flags?: readonly string[];
}

/**
 * The path of a guest module: `NAME.c` compiled with Debian's clang, wasm-ld and wasi-libc, carrying the object of `NAME.bpf.c`. Compiled once: its file name holds
 * a hash of all that it was made from.
 */
export function buildGuest(name: string, options: GuestOptions = {}): string {
  const flags = [
    ...["--target=wasm32-wasi", "--sysroot=/usr", "-O2", "-Wall", "-Werror"],
    ...["-Wno-int-to-pointer-cast", ...(options.flags ?? [])],
    ...(options.table === false ? [] : ["-Wl,--export-table"]),
  ];
  const { object = name } = options;
  const sources = readdirSync(guests)
    .filter((file) => file.endsWith(".h") || file === `${name}.c` || file === `${object}.bpf.c`)
    .sort()
    .map((file) => [file, readFileSync(join(guests, file), "utf8")]);
  const hash = createHash("sha256")
    .update(JSON.stringify([flags, sources]))
    .digest("hex");
  const module = join(cache, `${name}-${hash.slice(0, 16)}.wasm`);
  if (existsSync(module)) return module;
  inScratch((folder) => {
    compileBpf(object, join(folder, "guest.bpf.o"));
    const bytes = [...readFileSync(join(folder, "guest.bpf.o"))].join(",");
    writeFileSync(
      join(folder, "object.c"),
      `const unsigned char bpf_object[] __attribute__((aligned(8))) = {${bytes}};\nconst unsigned int bpf_object_length = sizeof(bpf_object);\n`,
    );
    const out = join(folder, "guest.wasm");
    execFileSync("clang", [...flags, "-o", out, join(guests, `${name}.c`), "object.c"], {
      cwd: folder,
    });
    renameSync(out, module);
  });
  return module;
}

function compileBpf(name: string, out: string): void {
  const multiarch = execFileSync("gcc", ["-print-multiarch"], { encoding: "utf8" }).trim();
  const flags = ["-target", "bpf", "-D__TARGET_ARCH_x86", "-g", "-O2", "-Wall", "-Werror"];
  execFileSync("clang", [
    ...flags,
    ...[`-I/usr/include/${multiarch}`, "-c", "-o", out, join(guests, `${name}.bpf.c`)],
  ]);
  execFileSync("llvm-strip", ["-g", out]);
}

/** Two test processes may compile the same at once: each does it in a folder of its own. */
function inScratch(body: (folder: string) => void): void {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "build-"));
  try {
    body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
