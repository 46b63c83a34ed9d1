import { UsageError } from "../../errors.js";
import { suggestion } from "../../module/near-names.js";
import { SWITCH_GRANTS } from "../decide/decide.js";
import type { PermissionsDocument } from "../model/document.js";
import { EFFECTS, type Effect } from "../model/effect.js";
import { type PolicyProgramType, PROGRAM_TYPE_BY_NAME } from "../model/program-type.js";
import { senseProblems } from "./sense.js";
import { shapeProblems } from "./shape.js";

/** A kind of grant that is no program type. */
interface FlagKind {
  /** What comes after `=`; `undefined`: nothing may. */
  readonly value: string | undefined;
  /** What it means without a value; `undefined`: it needs one. */
  readonly otherwise?: string;
  readonly grant: (value: string) => PermissionsDocument;
}

const KINDS: Readonly<Record<string, FlagKind>> = {
  map: {
    value: "a type of maps",
    otherwise: "*",
    grant: (type) => ({ maps: { types: [type] } }),
  },
  "create-maps": { value: undefined, grant: () => ({ maps: { create: true } }) },
  helper: {
    value: "a helper",
    grant: (name) => ({ programs: { helpers: { allow: [name] } } }),
  },
  kfunc: { value: "a function of the kernel", grant: (name) => ({ programs: { kfuncs: [name] } }) },
  enforcement: {
    value: `one of ${EFFECTS.join(", ")}`,
    grant: (effect) => ({ programs: { enforcement: [effect as Effect] } }),
  },
  pin: { value: "a name under the module's folder", grant: (own) => ({ pins: { own: [own] } }) },
  "shared-pin": { value: "a path", grant: (shared) => ({ pins: { shared: [shared] } }) },
  env: { value: "the name of a variable", grant: (name) => ({ host: { environment: [name] } }) },
  read: { value: "a path", grant: (path) => ({ host: { files: [{ path, access: "read" }] } }) },
  write: { value: "a path", grant: (path) => ({ host: { files: [{ path, access: "write" }] } }) },
  symbols: { value: "the path of a binary", grant: (path) => ({ host: { symbols: [path] } }) },
  ...Object.fromEntries(
    Object.entries(SWITCH_GRANTS).map(([name, grant]) => [
      name,
      { value: undefined, grant: () => grant },
    ]),
  ),
};

/** Every kind that is no program type, with what comes after `=`. */
export const FLAG_KINDS: ReadonlyMap<string, string | undefined> = new Map(
  Object.entries(KINDS).map(([name, { value }]) => [name, value]),
);

/**
 * What `--allow TEXT` grants: `KIND`, `KIND=VALUE`, and for program types `TYPE[.s][/MODE][=TARGET]`. The value is never split: a flag grants one thing.
 * @param flag what messages call it
 * @throws UsageError
 */
export function grantOfFlag(text: string, flag = "--allow"): PermissionsDocument {
  const refuse = (why: string) => new UsageError(`${flag} ${text}: ${why}`);
  const [, name = "", sleepable, mode, value] =
    /^([a-z_-]*)(\.s)?(?:\/([^=]*))?(?:=(.*))?$/s.exec(text) ?? [];
  const type = PROGRAM_TYPE_BY_NAME.get(name);
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (type === undefined && kind === undefined) {
    const near = suggestion(
      name || text,
      [...Object.keys(KINDS), ...PROGRAM_TYPE_BY_NAME.keys()],
      "",
    );
    throw refuse(
      `there is no grant of that kind${near || `; a program type such as tracepoint, or one of ${Object.keys(KINDS).join(", ")} was expected`}`,
    );
  }
  if (value === "") throw refuse(`nothing comes after '='`);
  let grant: PermissionsDocument;
  if (type !== undefined) {
    grant = programGrant(type, { sleepable: sleepable !== undefined, mode, value });
  } else {
    const { value: what, otherwise, grant: make } = kind as FlagKind;
    if (sleepable !== undefined || mode !== undefined) {
      throw refuse(`only program types take '.s' and '/MODE', and ${name} is none`);
    }
    if (what === undefined && value !== undefined) throw refuse(`${name} takes no value`);
    const given = value ?? otherwise;
    if (what !== undefined && given === undefined) {
      throw refuse(`${what} was expected: ${flag} ${name}=…`);
    }
    grant = make(given ?? "");
  }
  const [problem] = [...shapeProblems({ version: 1, ...grant }), ...senseProblems(grant)];
  if (problem !== undefined) throw refuse(problem.text);
  return grant;
}

function programGrant(
  { name, target }: PolicyProgramType,
  flag: { sleepable: boolean; mode: string | undefined; value: string | undefined },
): PermissionsDocument {
  const targets = flag.value ?? (target === undefined ? undefined : "**");
  const grant = {
    type: name,
    ...(targets !== undefined && { targets: [targets] }),
    ...(flag.mode !== undefined && { modes: [flag.mode] }),
    ...(flag.sleepable && { sleepable: true }),
  };
  return { programs: { allow: [grant] } };
}
