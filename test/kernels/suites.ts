import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/wbpf.js";

/** Debian's kernels beside the machine's own: the one of Debian 12, and the one of Debian 13. */
export const LINES = ["6.1", "6.12"] as const;

/** Those of {@link LINES} that are to run: all, or the ones that `WBPF_TEST_KERNELS` names, with commas between. */
export function lines(): readonly string[] {
  const wanted = process.env.WBPF_TEST_KERNELS?.split(",");
  return LINES.filter((line) => wanted?.includes(line) ?? true);
}

/** How a test file says that it needs a kernel: test/support/kernel.ts, and host/src/backend/testing/needs-kernel.ts. */
const NEEDS_KERNEL = /\b(?:kernelSuite|needsKernel)\b/;

/** Suites that need a kernel and stay on the machine's own, and why. */
export const EXCLUDED: Readonly<Record<string, string>> = {
  "test/kernels/kernels.test.ts": "it runs the others",
  "test/bench/bench.test.ts": "emulation says nothing about speed",
  "test/bad-input/bad-input.test.ts":
    "it is about the compilers, which take minutes under emulation",
  "test/hostile/callbacks.test.ts":
    "it is about milliseconds, and emulation says nothing about speed",
  "test/wasm-bpf/portable.test.ts": "it compiles a module for each test, and programs of them",
  "host/src/runtime/running.test.ts": "it compiles a module for each test",
  "host/src/policy/limits/limits.test.ts": "it compiles a module for each test",
  "test/live/hostile.test.ts":
    "it compiles a module for each test, live.test.ts is about the kernel",
  "host/src/probe/probe.test.ts": "doctor.test.ts asks the same of the built host, in seconds",
  "test/wasm-bpf/abi.test.ts": "it is about the host's answers, kinds.test.ts about the kernel's",
};

/**
 * What `npm test` leaves to those who ask for `all`, because it takes as long as all the rest: what is about the host more than about the kernel, and suites whose
 * kinds of attaching others have as well.
 */
export const LONG: readonly string[] = [
  "host/src/backend/kernel/attach.test.ts",
  "test/attach/kill.test.ts",
  "test/capabilities/capabilities.test.ts",
  "test/capabilities/users.test.ts",
  "test/hostile/hostile.test.ts",
  "test/kernels/doctor.test.ts",
  "test/policy/examples.test.ts",
  "test/wasm-bpf/files.test.ts",
  "test/wasm-bpf/kinds.test.ts",
];

/**
 * The suites that run on every kernel: those that need one without {@link LONG}, or those that `WBPF_TEST_SUITES` names, with commas between, or with `all` every one
 * that needs a kernel. In a guest they find their modules and objects built, for the machine's own kernel comes first.
 */
export function suites(): string[] {
  const wanted = process.env.WBPF_TEST_SUITES?.split(",");
  return testFiles()
    .filter((file) => {
      if (wanted === undefined) return !LONG.includes(file);
      return wanted.includes("all") || wanted.includes(file);
    })
    .filter((file) => !Object.hasOwn(EXCLUDED, file))
    .filter((file) => NEEDS_KERNEL.test(readFileSync(join(root, file), "utf8")));
}

function testFiles(): string[] {
  return ["host/src", "test"]
    .flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((file) =>
        join(room, file),
      ),
    )
    .filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules"))
    .sort();
}
