import { type SpawnOptions, spawn } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { CodegenError } from "../errors.js";

/** What a tool that was run said. */
export interface ToolResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The oldest clang whose BTF carries what libbpf's `.maps` section needs. */
export const OLDEST_CLANG = 11;

const INSTALL = "on Debian or Ubuntu: apt-get install clang llvm libbpf-dev";

/**
 * Names of architectures as `bpf_tracing.h` of libbpf knows them (`__TARGET_ARCH_…`), and the folder below `/usr/include` in which Debian keeps the
 * headers of one, by `process.arch`.
 */
const ARCHITECTURES: Readonly<Record<string, { define: string; multiarch: string }>> = {
  x64: { define: "x86", multiarch: "x86_64-linux-gnu" },
  arm64: { define: "arm64", multiarch: "aarch64-linux-gnu" },
  arm: { define: "arm", multiarch: "arm-linux-gnueabihf" },
  ppc64: { define: "powerpc", multiarch: "powerpc64le-linux-gnu" },
  riscv64: { define: "riscv", multiarch: "riscv64-linux-gnu" },
  loong64: { define: "loongarch", multiarch: "loongarch64-linux-gnu" },
};

/** Runs a program to its end. Its output is kept, not shown. */
export function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({
        code: code ?? (signal === null ? 1 : 128),
        stdout: Buffer.concat(out).toString("utf8"),
        stderr: Buffer.concat(err).toString("utf8"),
      });
    });
  });
}

/** Finds a program in `PATH`, or returns the path itself when it is one. */
export function findProgram(name: string): string | undefined {
  const candidates = name.includes("/")
    ? [path.resolve(name)]
    : (process.env.PATH ?? "").split(":").map((folder) => path.join(folder || ".", name));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The clang to use: `$CLANG`, else `clang`, else the newest `clang-NN` in `PATH`. */
export function findClang(): string {
  const wanted = process.env.CLANG;
  const names =
    wanted !== undefined && wanted !== ""
      ? [wanted]
      : ["clang", ...Array.from({ length: 20 }, (_, i) => `clang-${30 - i}`)];
  for (const name of names) {
    const found = findProgram(name);
    if (found !== undefined) return found;
  }
  const what = wanted ? `$CLANG is ${wanted}, which is not a program` : "clang was not found";
  throw new CodegenError(
    "NO_CLANG",
    `${what}: install clang, version ${OLDEST_CLANG} or newer (${INSTALL})`,
  );
}

/** `llvm-strip` that stands beside a clang: `llvm-strip-14` for `clang-14`. */
export function findStrip(clang: string): string | undefined {
  const suffix = /-\d+$/.exec(path.basename(clang))?.[0] ?? "";
  return findProgram(`llvm-strip${suffix}`) ?? findProgram("llvm-strip");
}

export interface CompileOptions {
  readonly clang: string;
  readonly source: string;
  readonly output: string;
  /** Where the list of files that it read is written, as a rule of make. */
  readonly dependencies: string;
  /** Folders searched for headers, first to last. */
  readonly includes: readonly string[];
  /** More arguments for clang, last. */
  readonly extra: readonly string[];
  /** Folder that clang's own messages are relative to. */
  readonly cwd: string;
}

/** The arguments that clang gets. They are a part of what decides whether an object is up to date. */
export function clangArguments(options: CompileOptions): string[] {
  const arch = ARCHITECTURES[process.arch];
  const system = arch === undefined ? [] : [`/usr/include/${arch.multiarch}`];
  const source = path.relative(options.cwd, options.source);
  return [
    ...["-target", "bpf", "-g", "-O2", "-Wall"],
    ...(arch === undefined ? [] : [`-D__TARGET_ARCH_${arch.define}`]),
    // A path in BTF line info must not depend on where the folder, or what it includes, stands: the same sources are the same object everywhere.
    "-fdebug-compilation-dir=.",
    ...[path.dirname(options.source), ...options.includes].map(
      (dir) => `-ffile-prefix-map=${dir}/=`,
    ),
    ...options.includes.flatMap((folder) => ["-I", folder]),
    ...system.filter((folder) => existsSync(folder)).flatMap((folder) => ["-idirafter", folder]),
    ...["-MD", "-MF", options.dependencies],
    ...(process.stderr.isTTY ? ["-fcolor-diagnostics"] : []),
    ...options.extra,
    ...[
      "-c",
      source === "" || source.startsWith("..") ? options.source : source,
      "-o",
      options.output,
    ],
  ];
}

/**
 * Compiles one BPF source.
 *
 * @param show gets clang's own diagnostics, as it wrote them
 * @throws CodegenError `NO_CLANG`, `OLD_CLANG`, `NO_BPF_TARGET` (what to install), or `CLANG_FAILED`
 */
export async function compile(
  options: CompileOptions,
  show: (text: string) => void,
): Promise<void> {
  const result = await run(options.clang, clangArguments(options), { cwd: options.cwd });
  if (result.stderr !== "") show(result.stderr);
  if (result.code === 0) return;
  await explain(options, result);
  const shown = path.relative(process.cwd(), options.source);
  throw new CodegenError("CLANG_FAILED", `${shown}: clang could not compile it`);
}

async function explain(options: CompileOptions, result: ToolResult): Promise<void> {
  const version = await run(options.clang, ["--version"]);
  const major = Number(/clang version (\d+)/.exec(version.stdout)?.[1] ?? Number.NaN);
  if (version.code !== 0 || Number.isNaN(major)) {
    throw new CodegenError(
      "NO_CLANG",
      `${options.clang} does not answer as clang does: install clang, version ${OLDEST_CLANG} or newer (${INSTALL})`,
    );
  }
  if (major < OLDEST_CLANG) {
    throw new CodegenError(
      "OLD_CLANG",
      `${options.clang} is clang ${major}: version ${OLDEST_CLANG} or newer is needed (${INSTALL}), or set CLANG to another`,
    );
  }
  if (
    /unable to create target|unknown target triple 'bpf'|No available targets/.test(result.stderr)
  ) {
    throw new CodegenError(
      "NO_BPF_TARGET",
      `${options.clang} was built without the bpf target: install one that has it (${INSTALL}), or set CLANG to another`,
    );
  }
  const missing = /fatal error: '(bpf\/[^']+|linux\/[^']+|asm\/[^']+)' file not found/.exec(
    result.stderr,
  )?.[1];
  if (missing !== undefined) {
    const what = missing.startsWith("bpf/")
      ? "libbpf's headers"
      : "the kernel's headers for programs";
    const where = missing.startsWith("bpf/") ? "libbpf-dev" : "linux-libc-dev";
    throw new CodegenError(
      "CLANG_FAILED",
      `${path.relative(process.cwd(), options.source)}: <${missing}> is not installed: install ${what} (on Debian or Ubuntu: apt-get install ${where})`,
    );
  }
}

/** Drops the debugging sections (DWARF) of an object in place; BTF stays. */
export async function strip(program: string, object: string): Promise<void> {
  const result = await run(program, ["-g", object]);
  if (result.code !== 0) {
    throw new CodegenError(
      "STRIP_FAILED",
      `${program} could not strip ${object}: ${result.stderr.trim().split("\n")[0] ?? ""}`,
    );
  }
}

/** The files that a rule of make, as `-MD` writes it, names on its right side. */
export function parseDependencies(rule: string): string[] {
  const right = rule.replace(/\\\r?\n/g, " ").replace(/^[^:]*:\s/, "");
  return [...right.matchAll(/(?:\\ |[^\s])+/g)].map((match) =>
    match[0].replaceAll("\\ ", " ").replaceAll("$$", "$"),
  );
}
