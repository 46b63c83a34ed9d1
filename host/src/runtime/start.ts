import { StopSignal } from "../backend/stop.js";
import { ALLOW_ALL } from "../policy/model/defaults.js";
import type { Permissions } from "../policy/model/policy.js";
import { checkBackendName } from "./backends.js";
import type { StartOptions } from "./options.js";
import { checkOptions } from "./options.js";
import { Running } from "./running.js";
import { describeTrap } from "./trap.js";

/** The parts of a {@link Module} that a run needs. */
export interface Startable {
  readonly name: string;
  /** SHA-256 of {@link bytes}, 64 hexadecimal digits. */
  readonly digest: string;
  /** What its manifest asks for; `undefined`: it has none. */
  readonly asks: Permissions | undefined;
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
      policy: options.policy ?? ALLOW_ALL,
      asks: module.asks,
      digest: module.digest,
      name: module.name,
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
