import type { TypeEnum } from "../backend/backend.js";
import type { ImportContext } from "./context.js";
import { bpfError } from "./errno.js";
import { readText, writeText } from "./text.js";

/** `type_name`'s first argument (docs/abi.md). */
const TYPE_ENUMS: Readonly<{ [of: number]: TypeEnum }> = {
  1: "program",
  2: "map",
  3: "attach",
  4: "link",
};

/** `probe_*`, `kernel_*`, `type_name` and `possible_cpus`, see docs/abi.md. */
export function featureImports(context: ImportContext) {
  const { memory } = context;
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
    kernel_type: context.cold("kernel_type", (name, length, kind, module, moduleLength) =>
      context.session.findKernelType(
        readText(memory, name, length, "the type's name"),
        kind >>> 0,
        readText(memory, module, moduleLength, "the module's name"),
      ),
    ),
    type_name: context.cold("type_name", (of, number, buf, cap) => {
      const kind = TYPE_ENUMS[of];
      if (kind === undefined) throw bpfError("EINVAL", `type_name knows no enumeration ${of}`);
      const name = context.session.typeName(kind, number);
      if (name === undefined) {
        throw bpfError("ENOENT", `libbpf knows no ${kind} type of number ${number}`);
      }
      return writeText(memory, name, buf, cap, "type_name's buffer");
    }),
    possible_cpus: context.cold("possible_cpus", () => context.session.possibleCpus()),
  };
}
