import { type Answer, EPERM, no, refused, unknown, YES } from "./answer.js";
import { calling } from "./instructions.js";
import { nativeFeatures } from "./native.js";
import type { ProgramType } from "./program-types.js";

/** The names of all helpers that were known when the addon was built; the index is the number that a call instruction carries (0 is none). */
export function helperNames(): readonly string[] {
  return nativeFeatures().helperNames();
}

/** The verifier's words for a helper that the kernel lacks, or keeps from this type of program. The second has both forms, before and since Linux 6.12. */
const UNKNOWN = /invalid func /;
const WITHHELD = /unknown func |program of this type cannot use helper /;

/**
 * Whether programs of a type may call a helper.
 *
 * The helper is called with nothing in its registers: a kernel that has it refuses that for its arguments, or not at all.
 * @param helper its number, of `__BPF_FUNC_MAPPER` in `linux/bpf.h`
 */
export function probeHelper(type: ProgramType, helper: number): Answer {
  if (type.refusal !== undefined) {
    return unknown(`what ${type.name} programs may call depends on what they are attached to`);
  }
  const { error, log } = nativeFeatures().tryProgram({
    type: type.id,
    attachType: 0,
    attachBtfId: 0,
    flags: 0,
    instructions: calling(helper),
    ...type.shape,
  });
  if (error === 0) return YES;
  if (UNKNOWN.test(log)) return no("this kernel does not have it");
  if (WITHHELD.test(log)) return no(`${type.name} programs may not call it here`);
  if (log === "") {
    return error === EPERM ? refused(type.id) : no(`${type.name} programs do not load`);
  }
  return YES;
}
