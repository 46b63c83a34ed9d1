/** How many objects are remembered. */
const MOST = 64;

/** SHA-256 of objects that are known to be well-formed, the latest last. */
const passed = new Set<string>();

/** What this thread remembers, for the thread of a module. */
export const passedObjects = (): readonly string[] => [...passed];

/** Whether an object is one of them. */
export const hasPassed = (digest: string): boolean => passed.has(digest);

/** Remembers more of them: found by this thread, or by another one of this host. */
export function remember(digests: readonly string[]): void {
  for (const digest of digests) passed.add(digest);
  for (const digest of passed) {
    if (passed.size <= MOST) break;
    passed.delete(digest);
  }
}
