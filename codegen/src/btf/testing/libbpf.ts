import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

let program: string | undefined;

/** What libbpf, compiled against this machine's own, says of a file: the lines that libbpf.cc prints. */
export function libbpf(command: "walk" | "header" | "object", ...files: string[]): string {
  program ??= build();
  return execFileSync(program, [command, ...files], { encoding: "utf8", maxBuffer: 1 << 28 });
}

/** The same, of bytes. */
export function libbpfOf(command: "walk" | "header" | "object", ...contents: Uint8Array[]): string {
  const folder = mkdtempSync(join(tmpdir(), "wbpf-libbpf-"));
  try {
    const files = contents.map((bytes, index) => {
      const file = join(folder, `x${index}.o`);
      writeFileSync(file, bytes);
      return file;
    });
    return libbpf(command, ...files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Several objects as one, by libbpf's linker (what `bpftool gen object` does). */
export function linkObjects(...objects: Uint8Array[]): Buffer {
  program ??= build();
  const folder = mkdtempSync(join(tmpdir(), "wbpf-libbpf-"));
  try {
    const files = objects.map((bytes, index) => {
      const file = join(folder, `part${index}.o`);
      writeFileSync(file, bytes);
      return file;
    });
    const output = join(folder, "linked.o");
    execFileSync(program, ["link", output, ...files]);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function build(): string {
  const folder = mkdtempSync(join(tmpdir(), "wbpf-libbpf-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const output = join(folder, "libbpf");
  const source = fileURLToPath(new URL("libbpf.cc", import.meta.url));
  execFileSync("g++", ["-O1", "-std=c++17", source, "-lbpf", "-o", output], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  return output;
}
