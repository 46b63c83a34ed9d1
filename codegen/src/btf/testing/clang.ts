import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface CompileOptions {
  /** `bpf` by default; `bpfeb` is its big-endian form, `host` the machine that the tests run on. */
  readonly target?: "bpf" | "bpfeb" | "host";
  readonly flags?: readonly string[];
}

/** Compiles C, for BPF as a user does, and gives the object's bytes. Throws with the compiler's own words. */
export function compile(source: string, options: CompileOptions = {}): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "wbpf-oracle-"));
  try {
    const output = join(folder, "out.o");
    const target = options.target ?? "bpf";
    // Where Debian keeps <asm/types.h>, which <linux/bpf.h> needs.
    const headers = ["-I/usr/include/x86_64-linux-gnu", "-I/usr/include/aarch64-linux-gnu"];
    const result = spawnSync(
      "clang",
      [
        ...(target === "host" ? [] : ["-target", target]),
        "-g",
        "-O2",
        "-w",
        ...headers,
        ...(options.flags ?? []),
        "-x",
        "c",
        "-",
        "-c",
        "-o",
        output,
      ],
      { input: source, encoding: "utf8", maxBuffer: 1 << 26 },
    );
    if (result.status !== 0) throw new Error(`clang: ${result.error?.message ?? result.stderr}`);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
