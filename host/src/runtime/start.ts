import { StopSignal } from "../backend/stop.js";
import { checkBackendName } from "./backends.js";
import type { StartOptions } from "./options.js";
import { checkOptions } from "./options.js";
import { Running } from "./running.js";
import { describeTrap } from "./trap.js";

/** The parts of a {@link Module} that a run needs. */
export interface Startable {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly compiled: WebAssembly.Module;
  readonly widePointers: boolean;
  readonly readSourceMap: () => Promise<string | undefined>;
}

const GRACE_MS = 2000;

/** Starts a module in a Worker of its own. @see {@link Module.start} */
export function start(module: Startable, options: StartOptions): Running {
  checkOptions(options);
  const { stdout = "inherit", stderr = "inherit", backend = "kernel" } = options;
  checkBackendName(backend);
  const stop = new StopSignal();
  return new Running({
    start: {
      compiled: module.compiled,
      widePointers: module.widePointers,
      backend,
      stopFd: stop.fd,
      args: [module.name.replace(/\.wasm$/, ""), ...(options.args ?? [])],
      env: { ...options.env },
      inherit: { stdout: stdout === "inherit", stderr: stderr === "inherit" },
      verbose: options.verbose ?? false,
      pending: new SharedArrayBuffer(4),
    },
    stop,
    stdout,
    stderr,
    graceMs: options.graceMs ?? GRACE_MS,
    signal: options.signal,
    trapError: async ({ message, stack }) => ({
      kind: "trap",
      error: await describeTrap(module, message, stack),
    }),
  });
}
