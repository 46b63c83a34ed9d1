import type { ImportContext } from "./context.js";

/** `probe_*`, `kernel_version` and `possible_cpus`, see docs/abi.md. */
export function featureImports(context: ImportContext) {
  return {
    probe_map_type: context.cold("probe_map_type", (type) =>
      Number(context.session.probeMapType(type >>> 0)),
    ),
    probe_program_type: context.cold("probe_program_type", (type) =>
      Number(context.session.probeProgramType(type >>> 0)),
    ),
    probe_helper: context.cold("probe_helper", (type, helper) =>
      Number(context.session.probeHelper(type >>> 0, helper >>> 0)),
    ),
    kernel_version: context.cold("kernel_version", () => context.session.kernelVersion() | 0),
    possible_cpus: context.cold("possible_cpus", () => context.session.possibleCpus()),
  };
}
