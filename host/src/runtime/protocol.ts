import type { CapabilityPlan } from "../capabilities/plan.js";
import type { MetricMessage } from "../metrics/metric.js";
import type { AuditLine } from "../policy/audit/coalescer.js";
import type { Permissions, Policy } from "../policy/model/policy.js";
import type { CheckedGrant } from "../wasi/files/grant.js";

/** What the main thread gives the Worker in which a module runs. */
export interface WorkerStart {
  readonly compiled: WebAssembly.Module;
  /** Of `wasm_bpf_map_operate`: see `usesWidePointers`. */
  readonly widePointers: boolean;
  readonly backend: string;
  readonly policy: Policy;
  /** What the module's manifest asks for; `undefined`: it has none. */
  readonly asks: Permissions | undefined;
  /** SHA-256 of the module's file. */
  readonly digest: string;
  /** SHA-256 of BPF objects that this host has already looked at, and found to be well-formed. */
  readonly passedObjects: readonly string[];
  /** What messages call the module. */
  readonly name: string;
  /** See {@link StartOptions.capabilities}. */
  readonly capabilities: CapabilityPlan | undefined;
  /** File descriptor of the eventfd that asks it to stop. It belongs to the main thread. */
  readonly stopFd: number;
  /** The module's name, then its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What it may reach of the host's files. */
  readonly files: readonly CheckedGrant[];
  /** Whether descriptors 1 and 2 are this process's own; otherwise their bytes come as messages. */
  readonly inherit: { readonly stdout: boolean; readonly stderr: boolean };
  readonly verbose: boolean;
  /** One Int32: bytes that were sent as messages and that the main thread has not handled yet. */
  readonly pending: SharedArrayBuffer;
  /** See {@link Loading}. */
  readonly loading: SharedArrayBuffer;
  /** The number of its {@link Meter}; 0: nothing is measured. */
  readonly meter: number;
  /** One Int32, which goes up with each call of a callback of the `wasm_bpf` ABI. */
  readonly calls: SharedArrayBuffer;
  /** Counts of audit records, see {@link Coalescer}; `undefined`: nobody takes records. */
  readonly audit: SharedArrayBuffer | undefined;
}

/** How a module ended, as the Worker saw it. */
export type Outcome =
  | { readonly kind: "exit"; readonly code: number }
  | {
      readonly kind: "trap";
      readonly message: string;
      readonly stack: string;
      /** Bytes of its memory. */
      readonly memory: number;
    }
  /** It was ended, because it did not give way to the others of its thread. */
  | { readonly kind: "busy"; readonly limitMs: number }
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly code: string | undefined;
      readonly stack: string | undefined;
    };

/** What the Worker tells the main thread. */
export type WorkerMessage =
  | { readonly type: "output"; readonly fd: number; readonly bytes: Uint8Array }
  /** The verifier's log, or why a call of the `wasm_bpf` ABI failed, for stderr. */
  | { readonly type: "detail"; readonly text: string }
  /** Nobody reads this process's stdout any more. */
  | { readonly type: "broken-pipe" }
  /** Its output is held back, from now on. */
  | { readonly type: "held-back" }
  | { readonly type: "audit"; readonly line: AuditLine }
  | { readonly type: "metric"; readonly message: MetricMessage }
  | { readonly type: "end"; readonly outcome: Outcome };
