import { release } from "node:os";
import { olderThan } from "../backend/kernel/explain/kernel-release.js";

/** "needs Linux 5.8, and this is 5.4.0": the end of a sentence, if the running kernel is older. */
export function needsLinux(since: string): string | undefined {
  return olderThan(since) ? `it needs Linux ${since}, and this is ${release()}` : undefined;
}
