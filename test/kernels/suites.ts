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
 * What `npm test` runs in the guests: what stands on the kernel itself (the backend's conformance, live maps, a policy's enforcement), the first tool, every kind of
 * attaching and of map that the machine's own kernel may refuse, where packets pass, what is left at the end, and the event buffer. All of them take most of an hour under emulation.
 */
const BRIEF: readonly string[] = [
  "host/src/backend/kernel/kernel.test.ts",
  "host/src/live/live.test.ts",
  "host/src/policy/enforce/enforce.test.ts",
  "test/attach/ending.test.ts",
  "test/attach/functions.test.ts",
  "test/attach/network.test.ts",
  "test/attach/probes.test.ts",
  "test/attach/structops.test.ts",
  "test/bootstrap/bootstrap.test.ts",
  "test/events/events.test.ts",
  "test/maps/storage.test.ts",
];

/**
 * The suites that run on every kernel: {@link BRIEF}, or those that `WBPF_TEST_SUITES` names, with commas between, or with `all` every one that needs a kernel. In
 * a guest they find their modules and objects built, for the machine's own kernel comes first.
 */
export function suites(): string[] {
  const wanted = process.env.WBPF_TEST_SUITES?.split(",") ?? BRIEF;
  return testFiles()
    .filter((file) => wanted.includes("all") || wanted.includes(file))
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
