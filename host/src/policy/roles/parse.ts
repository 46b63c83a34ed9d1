import type { KeyObject } from "node:crypto";
import { dirname, resolve } from "node:path";
import validRange from "semver/ranges/valid.js";
import { messageOf } from "../../errors.js";
import { suggestion } from "../../module/near-names.js";
import { keyText, PolicyError } from "../file/problem.js";
import { readPolicyText } from "../file/read.js";
import type { ShapeProblem } from "../file/shape.js";
import { readYaml } from "../file/yaml.js";
import type { ModuleRule, Roles, RolesDocument } from "./model.js";
import { rolesShapeProblems } from "./shape.js";
import { publicKey } from "./signature.js";

/**
 * Reads a file of roles and bindings. The policies that it names are read when they are needed.
 * @throws PolicyError
 */
export async function loadRoles(file: string): Promise<Roles> {
  return parseRoles(await readPolicyText(file), file);
}

/**
 * @param name of the file, which its policies are relative to
 * @throws PolicyError `POLICY_INVALID`
 */
export function parseRoles(text: string, name: string): Roles {
  const file = readYaml(text, name);
  const document = file.data as RolesDocument;
  const signers = new Map<string, KeyObject>();
  let problems = rolesShapeProblems(file.data);
  if (problems.length === 0) problems = senseProblems(document, signers);
  if (problems.length > 0) {
    throw new PolicyError(
      "POLICY_INVALID",
      problems.map(({ path, text, key }) => file.problem(path, text, key)),
    );
  }
  const rules = document.bindings.flatMap(({ role, subjects }) =>
    document.roles.flatMap((candidate, i) =>
      candidate.name !== role
        ? []
        : candidate.rules.map(({ modules, policy }, j) => ({
            role,
            subjects,
            modules,
            policy: resolve(dirname(name), policy),
            origin: `${name}:${file.locate(["roles", i, "rules", j]).line} ${keyText(["roles", i, "rules", j])}`,
          })),
    ),
  );
  const { trustSudo = false, audit } = document;
  return {
    name,
    trustSudo,
    audit: audit === undefined ? undefined : resolve(dirname(name), audit),
    signers,
    rules,
  };
}

/** What has the right shape and makes no sense; fills in the signers on the way. */
function senseProblems(document: RolesDocument, signers: Map<string, KeyObject>): ShapeProblem[] {
  const found: ShapeProblem[] = [];
  for (const [i, { name, key }] of (document.signers ?? []).entries()) {
    if (signers.has(name)) {
      found.push({ path: ["signers", i, "name"], text: `there are two signers '${name}'` });
    }
    try {
      // A private key would do as well, and has no place in a file that others read.
      if (key.includes("PRIVATE"))
        throw new Error("it is a private key; the public one belongs here");
      signers.set(name, publicKey(key));
    } catch (error) {
      found.push({ path: ["signers", i, "key"], text: messageOf(error) });
    }
  }
  const roles = document.roles.map(({ name }) => name);
  for (const [i, { name, rules }] of document.roles.entries()) {
    if (roles.indexOf(name) !== i) {
      found.push({ path: ["roles", i, "name"], text: `there are two roles '${name}'` });
    }
    for (const [j, { modules }] of rules.entries()) {
      for (const [k, module] of modules.entries()) {
        const problem = moduleProblem(module, [...(document.signers ?? []).map((s) => s.name)]);
        if (problem !== undefined) {
          found.push({ path: ["roles", i, "rules", j, "modules", k], text: problem });
        }
      }
    }
  }
  for (const [i, { role }] of document.bindings.entries()) {
    if (!roles.includes(role)) {
      const text = `there is no role '${role}'${suggestion(role, roles, "roles")}`;
      found.push({ path: ["bindings", i, "role"], text });
    }
  }
  return found;
}

function moduleProblem(module: ModuleRule, signers: readonly string[]): string | undefined {
  const { digest, signer, name, version, allowUnsigned } = module;
  if (signer !== undefined && !signers.includes(signer)) {
    return `there is no signer '${signer}'${suggestion(signer, signers, "signers")}`;
  }
  if (version !== undefined && name === undefined) return "a version needs a name beside it";
  if (version !== undefined && validRange(version) === null) {
    return `'${version}' is not a range of versions, such as ^1.2.0`;
  }
  if (digest !== undefined || signer !== undefined) return undefined;
  if (name === undefined) return "it names no module: digest, signer or name was expected";
  if (allowUnsigned) return undefined;
  return `a name is the module's own word, and any module can say that it is '${name}'; add a signer or a digest, or allowUnsigned: true`;
}
