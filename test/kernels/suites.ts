/**
 * The suites that run on every kernel: those that load programs or attach them. In a guest they find their modules built, for the machine's own kernel comes
 * first; what takes the compiler itself to task has nothing to do with the kernel and is not here.
 */
export const SUITES: readonly string[] = [
  "test/bootstrap/bootstrap.test.ts",
  "test/ring/ring.test.ts",
];

/** Debian's kernels beside the machine's own: an old one that is widely run, and the one before it in age. */
export const LINES = ["6.1", "6.12"] as const;
