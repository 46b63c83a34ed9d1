import type { Backend } from "../backend/backend.js";
import { HostError, messageOf, UsageError } from "../errors.js";

/**
 * Loads what {@link StartOptions.backend} names.
 * @throws {@link HostError} when it cannot be loaded
 */
export async function loadBackend(name: string): Promise<Backend> {
  if (name === "kernel") {
    const { KernelBackend } = await import("../backend/kernel/kernel-backend.js");
    return new KernelBackend();
  }
  let module: { createBackend?: unknown };
  try {
    module = await import(name);
  } catch (cause) {
    throw new HostError(`backend '${name}' cannot be loaded: ${messageOf(cause)}`, { cause });
  }
  if (typeof module.createBackend !== "function") {
    throw new HostError(`backend '${name}' does not export a function createBackend`);
  }
  return module.createBackend() as Backend;
}

/** @throws {@link UsageError} for a backend that there is not */
export function checkBackendName(name: string): void {
  if (name !== "kernel" && !name.startsWith("file://")) {
    throw new UsageError(
      `there is no backend '${name}'; 'kernel' or the file:// URL of a module was expected`,
    );
  }
}
