import { matches } from "../glob/glob.js";
import type { ProgramGrant } from "../model/policy.js";
import { PROGRAM_TYPE_BY_NAME } from "../model/program-type.js";
import type { AttachUse, ProgramUse } from "../model/use.js";
import type { Verdict } from "../model/verdict.js";
import { allow, deny } from "./answers.js";

const RULE = "programs.allow";

/** Loading: a grant of its type is enough, wherever it attaches. */
export function decideProgram(grants: readonly ProgramGrant[], use: ProgramUse): Verdict {
  const ofType = grants.filter(({ type }) => type === use.type);
  const found = ofType.find(({ sleepable }) => sleepable || !use.sleepable);
  if (found !== undefined) return allow(found.origin);
  const reason =
    ofType.length === 0
      ? `program '${use.program}' is of type ${use.type}, which is not granted`
      : `program '${use.program}' may sleep, which is not granted for type ${use.type}`;
  return deny(RULE, reason, {
    programs: { allow: [{ type: use.type, ...(use.sleepable && { sleepable: true }) }] },
  });
}

/** Attaching: the target and the mode have to be those of one grant. */
export function decideAttach(grants: readonly ProgramGrant[], use: AttachUse): Verdict {
  const { program, type, target, mode } = use;
  const ofType = grants.filter((grant) => grant.type === type);
  const there = ofType.filter(({ targets }) => reaches(targets, type, target));
  const found = there.find(({ modes }) => inMode(modes, mode));
  if (found !== undefined) return allow(found.origin);
  const where = target === undefined ? "a place that is known only when it runs" : `'${target}'`;
  const reason =
    ofType.length === 0
      ? `program '${program}' attaches as ${type}, which is not granted`
      : there.length === 0
        ? `program '${program}' attaches to ${where}, which is not among the granted targets of ${type}`
        : `program '${program}' attaches to ${where} in mode ${mode}, which is not granted`;
  const grant = {
    type,
    ...(takesTarget(type) && { targets: [target ?? "**"] }),
    ...(mode !== undefined && { modes: [mode] }),
  };
  return deny(RULE, reason, { programs: { allow: [grant] } });
}

const takesTarget = (type: string): boolean => PROGRAM_TYPE_BY_NAME.get(type)?.target !== undefined;

function reaches(targets: readonly string[], type: string, target: string | undefined): boolean {
  if (!takesTarget(type)) return true;
  if (target === undefined) return targets.includes("**");
  return targets.some((pattern) => matches(pattern, target));
}

/** A use that names no mode leaves it to the kernel, which may take any. */
const inMode = (modes: readonly string[] | undefined, mode: string | undefined): boolean =>
  modes === undefined || (mode !== undefined && modes.includes(mode));
