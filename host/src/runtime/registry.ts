/** Wakes each module that runs. A Worker that sleeps in the kernel would keep the process from ending. */
export const alive = new Set<() => void>();

process.on("exit", () => {
  for (const wake of alive) wake();
});
