import type { PolicyDocument } from "../model/document.js";
import type { Policy } from "../model/policy.js";
import { limitsOf, type OriginOf, permissionsOf } from "./permissions.js";
import { keyText, PolicyError } from "./problem.js";
import { senseProblems } from "./sense.js";
import { shapeProblems } from "./shape.js";
import { readYaml, type YamlFile } from "./yaml.js";

/** A policy file that is right in itself, before what it extends. */
export interface ParsedPolicy {
  readonly document: PolicyDocument;
  readonly policy: Policy;
  readonly file: YamlFile;
}

/** @throws PolicyError `POLICY_INVALID` with every problem of the file */
export function parseDocument(text: string, name: string): ParsedPolicy {
  const file = readYaml(text, name);
  const shape = shapeProblems(file.data);
  const document = file.data as PolicyDocument;
  const problems = shape.length > 0 ? shape : senseProblems(document);
  if (problems.length > 0) {
    throw new PolicyError(
      "POLICY_INVALID",
      problems
        .map(({ path, text, key }) => file.problem(path, text, key))
        .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)),
    );
  }
  const originOf: OriginOf = (path) => `${name}:${file.locate(path, true).line} ${keyText(path)}`;
  return {
    document,
    file,
    policy: {
      name,
      mode: document.mode ?? "enforce",
      allowAll: false,
      permissions: permissionsOf(document, originOf),
      limits: limitsOf(document.limits ?? {}, originOf),
    },
  };
}

/**
 * Reads a policy that is already in memory.
 * @param text YAML, as docs/policy.md describes it
 * @param name what messages and audit records call it, such as the file's name
 * @throws PolicyError `POLICY_INVALID`; also when it extends another: {@link loadPolicy} can follow that
 */
export function parsePolicy(text: string, name: string): Policy {
  const { document, policy, file } = parseDocument(text, name);
  if (document.extends === undefined) return policy;
  const problem = file.problem(
    ["extends"],
    "only a policy that is read from a file can extend another (loadPolicy)",
  );
  throw new PolicyError("POLICY_INVALID", [problem]);
}
