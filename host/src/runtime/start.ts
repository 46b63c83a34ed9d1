import { passedObjects } from "../backend/kernel/elf/passed.js";
import { StopSignal } from "../backend/stop.js";
import type { ModuleDescription } from "../module/description.js";
import { AuditCollector } from "../policy/audit/collector.js";
import { safeSink } from "../policy/audit/safe.js";
import { checkManifest } from "../policy/enforce/manifest.js";
import { Watch } from "../policy/limits/watch.js";
import { DEFAULT_POLICY } from "../policy/model/defaults.js";
import type { Permissions } from "../policy/model/policy.js";
import { fileGrants } from "../wasi/files/grant.js";
import { checkBackendName } from "./backends.js";
import { Loading } from "./loading.js";
import type { StartOptions } from "./options.js";
import { checkOptions } from "./options.js";
import { Running } from "./running.js";
import { checkShared } from "./shared/check.js";
import { describeTrap } from "./trap.js";

/** The parts of a {@link Module} that a run needs. */
export interface Startable {
  readonly name: string;
  /** SHA-256 of {@link bytes}, 64 hexadecimal digits. */
  readonly digest: string;
  /** What its manifest asks for; `undefined`: it has none. */
  readonly asks: Permissions | undefined;
  readonly description: ModuleDescription | undefined;
  readonly bytes: Uint8Array;
  readonly compiled: WebAssembly.Module;
  readonly widePointers: boolean;
  readonly readSourceMap: () => Promise<string | undefined>;
}

const GRACE_MS = 2000;

/** Starts a module, in a Worker of its own if it is given no thread. @see {@link Module.start} */
export function start(module: Startable, options: StartOptions): Running {
  checkOptions(options);
  const { stdout = "inherit", stderr = "inherit", thread } = options;
  const backend = options.backend ?? thread?.backend ?? "kernel";
  checkBackendName(backend);
  if (thread !== undefined) checkShared(module, thread, options);
  const policy = options.policy ?? DEFAULT_POLICY;
  const sink = options.audit && safeSink(options.audit);
  if (!policy.allowAll) checkManifest(module, sink);
  const audit = sink && new AuditCollector(sink);
  const watch = new Watch(module, policy, sink);
  const limited = watch.limitMemory(module);
  const files = fileGrants(options.files);
  const stop = new StopSignal();
  return new Running({
    start: {
      compiled: limited?.compiled ?? module.compiled,
      widePointers: module.widePointers,
      backend,
      policy,
      asks: module.asks,
      digest: module.digest,
      passedObjects: passedObjects(),
      name: module.name,
      capabilities: options.capabilities,
      stopFd: stop.fd,
      args: [module.name.replace(/\.wasm$/, ""), ...(options.args ?? [])],
      env: { ...options.env },
      files,
      inherit: { stdout: stdout === "inherit", stderr: stderr === "inherit" },
      verbose: options.verbose ?? false,
      pending: new SharedArrayBuffer(4),
      loading: Loading.shared(),
      meter: watch.meter,
      calls: watch.calls,
      audit: audit?.counts,
    },
    stop,
    audit,
    watch,
    stdout,
    stderr,
    graceMs: options.graceMs ?? GRACE_MS,
    signal: options.signal,
    thread,
    trapError: async ({ message, stack, memory }) => ({
      kind: "trap",
      error: watch.explainTrap(await describeTrap(module, message, stack, limited?.shift), memory),
    }),
  });
}
