import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const host = fileURLToPath(new URL("../engine/host.c", import.meta.url));

/** Why a module cannot be run by the other engine here, or undefined if it can. */
export function whyNoEngine(): string | undefined {
  return existsSync("/usr/bin/wasm2c") ? undefined : "wasm2c is not there (Debian: wabt)";
}

/**
 * Makes a program of a portable module: wasm2c turns it into C, gcc compiles that together with the test's own host over libbpf. No JavaScript and no part of wbpf runs in it.
 * @param out where the program goes
 */
export function compileModule(wasm: string, out: string): void {
  const folder = mkdtempSync(`${out}-`);
  try {
    execFileSync("wasm2c", [wasm, "-n", "tool", "-o", join(folder, "tool.c")]);
    // A module that needs nothing of WASI, or of the six, has no such argument.
    const header = readFileSync(join(folder, "tool.h"), "utf8");
    const count = /void Z_tool_instantiate\(([^)]*)\)/.exec(header)?.[1]?.split(",").length ?? 1;
    const instantiate = `Z_tool_instantiate(${["&tool", ...Array(count - 1).fill("0")].join(", ")})`;
    execFileSync("gcc", [
      ...["-O1", "-w", `-I${folder}`, `-DINSTANTIATE=${instantiate}`],
      ...["-o", out, host, join(folder, "tool.c")],
      ...["-lwasm-rt-impl", "-lbpf", "-lm"],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
