import satisfies from "semver/functions/satisfies.js";
import { WbpfError } from "../../errors.js";
import { type FileCheck, loadPolicy } from "../file/load.js";
import type { Policy } from "../model/policy.js";
import type { ModuleIdentity, ModuleRule, Roles, Rule, Subject, SubjectName } from "./model.js";
import { isSigned } from "./signature.js";

/** Nobody gave this subject a role that lets it run this module. `code` is `"NOT_AUTHORIZED"`. */
export class AuthorizationError extends WbpfError {
  override readonly name = "AuthorizationError";

  constructor(message: string) {
    super("NOT_AUTHORIZED", message);
  }
}

/** A module that may be run, and how. */
export interface Authorization {
  readonly policy: Policy;
  readonly role: string;
  /** The rule that lets it run: `FILE:LINE roles[0].rules[1]`. */
  readonly origin: string;
}

/** Who asks for what. */
export interface AuthorizeOptions {
  readonly roles: Roles;
  readonly subject: Subject;
  readonly module: ModuleIdentity;
  /** Looks at the files of the policy; throws if nothing may go by one. Default: every file will do. */
  readonly check?: FileCheck;
}

/**
 * Finds the policy under which a subject may run a module: that of the first rule, in the order of bindings, that is about both.
 * @throws AuthorizationError with one sentence when there is none; PolicyError when the policy that the rule names cannot be used
 */
export async function authorize(options: AuthorizeOptions): Promise<Authorization> {
  const { role, policy, origin } = findRule(options);
  return { policy: await loadPolicy(policy, options.check), role, origin };
}

/** The rule that {@link authorize} goes by. @throws AuthorizationError */
export function findRule({ roles, subject, module }: AuthorizeOptions): Rule {
  const own = roles.rules.filter(({ subjects }) => subjects.some((name) => isOf(name, subject)));
  const found = own.find(({ modules }) => modules.some((rule) => isMeant(rule, module, roles)));
  if (found !== undefined) return found;
  const who = subject.subject ?? subject.user ?? "nobody";
  const what = module.name ?? `sha256:${module.digest.slice(0, 12)}…`;
  throw new AuthorizationError(
    own.length === 0
      ? `${who} may run no module: ${roles.name} binds no role to it`
      : `${who} may not run ${what}: no rule of ${names(own)} in ${roles.name} is about it${why(own, module, roles)}`,
  );
}

const names = (rules: readonly Rule[]): string =>
  [...new Set(rules.map(({ role }) => `'${role}'`))].join(", ");

const isOf = ({ kind, name }: SubjectName, { user, groups = [], subject }: Subject): boolean => {
  switch (kind) {
    case "User":
      return name === user;
    case "Group":
      return groups.includes(name);
    case "Subject":
      return name === subject;
  }
};

function isMeant(rule: ModuleRule, module: ModuleIdentity, roles: Roles): boolean {
  return (
    (rule.digest === undefined || rule.digest === `sha256:${module.digest}`) &&
    isNamed(rule, module) &&
    (rule.signer === undefined || isSignedBy(rule.signer, module, roles))
  );
}

const isNamed = ({ name, version }: ModuleRule, module: ModuleIdentity): boolean =>
  (name === undefined || name === module.name) &&
  (version === undefined || (module.version !== undefined && satisfies(module.version, version)));

function isSignedBy(signer: string, { digest, signature }: ModuleIdentity, roles: Roles): boolean {
  const key = roles.signers.get(signer);
  return key !== undefined && signature !== undefined && isSigned(digest, signature, key);
}

/** What came closest: a rule that wants only a signature, or only another version. */
function why(rules: readonly Rule[], module: ModuleIdentity, roles: Roles): string {
  const named = rules
    .flatMap(({ modules }) => modules)
    .filter(
      ({ name, digest }) => digest === undefined && (name === undefined || name === module.name),
    );
  const unsigned = named.find(
    (rule) => rule.signer !== undefined && isNamed(rule, module) && !isMeant(rule, module, roles),
  );
  if (unsigned !== undefined) {
    return module.signature === undefined
      ? `; it would have to be signed by '${unsigned.signer}', and has no signature`
      : `; it would have to be signed by '${unsigned.signer}', and its signature is not theirs`;
  }
  const other = named.find(({ version }) => version !== undefined);
  if (other === undefined) return "";
  return `; its version is ${module.version ?? "not told"}, and ${other.version} is wanted`;
}
