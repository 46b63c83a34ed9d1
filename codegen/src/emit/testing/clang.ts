import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Compiles C for BPF, DWARF stripped, as a build does. */
export function compileC(source: string, target = "bpf"): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), "wbpf-c-"));
  try {
    const input = path.join(folder, "test.bpf.c");
    const output = path.join(folder, "test.bpf.o");
    writeFileSync(input, source);
    execFileSync(
      "clang",
      [
        "-target",
        target,
        "-g",
        "-O2",
        "-w",
        "-I/usr/include/x86_64-linux-gnu",
        "-c",
        input,
        "-o",
        output,
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    execFileSync("llvm-strip", ["-g", output]);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
