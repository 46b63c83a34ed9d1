/**
 * Runs wbpf modules: loads a `.wasm`, checks it, and runs it in a sandbox of its own against the kernel.
 *
 * @example
 * import { loadPolicy, Module } from "@wbpf/host";
 *
 * const module = await Module.load("bootstrap.wasm");
 * const running = module.start({
 *   policy: await loadPolicy("bootstrap.policy.yaml"),
 *   args: ["--min-duration-ms", "50"],
 *   stdout: (bytes) => process.stdout.write(bytes),
 * });
 * setTimeout(() => running.stop(), 10_000);
 * const result = await running.finished;
 * if (result.kind === "trap" || result.kind === "failed") console.error(result.error.message);
 *
 * @module
 */
import type {} from "./wasm/globals.js";

export type {
  Backend,
  BackendBuffer,
  BackendLink,
  BackendMap,
  BackendObject,
  BackendProgram,
  BackendSession,
  MapInfo,
  OpenObjectOptions,
  SessionOptions,
} from "./backend/backend.js";
export { BpfError } from "./backend/backend.js";
export type { MapDescription } from "./backend/kernel/inspect.js";
export { vmlinuxHeader } from "./backend/kernel/vmlinux.js";
export { CAPABILITIES, type CapabilityName } from "./capabilities/capability.js";
export { dropCapabilities } from "./capabilities/drop.js";
export type { CapabilityNeed } from "./capabilities/needs.js";
export { type CapabilityPlan, planOf } from "./capabilities/plan.js";
export type { ModuleErrorCode, TrapFrame, TrapKind } from "./errors.js";
export { HostError, ModuleError, TrapError, UsageError, WbpfError } from "./errors.js";
export type { Inspection, ModuleInspection } from "./inspect/inspect.js";
export { inspectFile } from "./inspect/inspect.js";
export type { ObjectInspection, ProgramInspection } from "./inspect/object.js";
export type { Metric, MetricKind, Series } from "./metrics/metric.js";
export { prometheusText } from "./metrics/prometheus.js";
export type { EmbeddedObject, ModuleDescription } from "./module/description.js";
export { ABI_VERSIONS } from "./module/description.js";
export type { ModuleOptions } from "./module/module.js";
export { Module } from "./module/module.js";
export type {
  AuditedUse,
  AuditRecord,
  AuditSink,
  LimitUse,
  OtherUses,
} from "./policy/audit/record.js";
export { loadPolicy } from "./policy/file/load.js";
export { parsePolicy } from "./policy/file/parse.js";
export type { FileProblem, PolicyErrorCode } from "./policy/file/problem.js";
export { PolicyError } from "./policy/file/problem.js";
export type { LimitName, LimitReached } from "./policy/limits/limit.js";
export type { Usage } from "./policy/limits/watch.js";
export { allowAll } from "./policy/model/defaults.js";
export type {
  FileAccess,
  LimitsDocument,
  PermissionsDocument,
  PolicyDocument,
  ProgramGrantDocument,
} from "./policy/model/document.js";
export type { Effect } from "./policy/model/effect.js";
export type { Granted, Limits, Permissions, Policy, ProgramGrant } from "./policy/model/policy.js";
export type { Authorization, AuthorizeOptions } from "./policy/roles/authorize.js";
export { AuthorizationError, authorize } from "./policy/roles/authorize.js";
export { identityOf } from "./policy/roles/identity.js";
export type { ModuleIdentity, Roles, Subject } from "./policy/roles/model.js";
export { loadRoles, parseRoles } from "./policy/roles/parse.js";
export type { OutputTarget, StartOptions } from "./runtime/options.js";
export type { KillReason, Result } from "./runtime/result.js";
export type { Running } from "./runtime/running.js";
export { SharedThread, type SharedThreadOptions } from "./runtime/shared/shared-thread.js";
export type { FileGrant } from "./wasi/files/grant.js";
