import type { BackendProgram, LinkInfo } from "../../backend/backend.js";
import { interfaceName } from "../../backend/kernel/interfaces.js";
import { policyTypeOf } from "../analyse/program-type.js";
import type { AttachUse } from "../model/use.js";

/** `enum bpf_link_type` whose target is the index of an interface: XDP, tcx, netkit. */
const ON_INTERFACE: readonly number[] = [6, 11, 13];

/** `enum bpf_attach_type` that are modes of a policy. */
const MODES: Readonly<Record<number, string>> = {
  46: "ingress",
  47: "egress",
  54: "primary",
  55: "peer",
};

/**
 * What it is to put a program in a link that somebody pinned: to attach it to where the link leads. Of a link of the module's own the place is told as far as the kernel
 * tells it: an interface. Of others' it is not known, for an interface's index may be that of another network namespace.
 */
export function useOfPinned(info: LinkInfo, own: boolean, program: BackendProgram): AttachUse {
  const target =
    own && ON_INTERFACE.includes(info.type) ? interfaceName(Number(info.target)) : undefined;
  const mode = MODES[info.attachType];
  return {
    kind: "attach",
    program: program.name,
    type: policyTypeOf(program),
    target,
    ...(mode !== undefined && { mode }),
  };
}
