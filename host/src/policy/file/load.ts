import { realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Policy } from "../model/policy.js";
import { combine, lowerLimits } from "./combine.js";
import { type ParsedPolicy, parseDocument } from "./parse.js";
import { PolicyError } from "./problem.js";
import { readPolicyText } from "./read.js";

/** Looks at a file that was read; throws if nothing may go by it. */
export type FileCheck = (path: string) => void;

/**
 * Reads a policy file, and the one that it extends.
 * @param check of both
 * @throws PolicyError with one sentence that names file, line, column and key
 */
export async function loadPolicy(file: string | URL, check?: FileCheck): Promise<Policy> {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  const read = async (name: string): Promise<string> => {
    const text = await readPolicyText(name);
    check?.(name);
    return text;
  };
  const parsed = parseDocument(await read(path), path);
  const { extends: base } = parsed.document;
  if (base === undefined) return parsed.policy;
  const basePath = resolve(dirname(path), base);
  return extended(await loadBase(parsed, path, base, basePath, read), parsed.policy);
}

async function loadBase(
  { file }: ParsedPolicy,
  path: string,
  base: string,
  basePath: string,
  read: (name: string) => Promise<string>,
): Promise<Policy> {
  const refuse = (text: string) =>
    new PolicyError("POLICY_INVALID", [file.problem(["extends"], text)]);
  const [self, other] = await Promise.all(
    [path, basePath].map((name) => realpath(name).catch(() => name)),
  );
  if (self === other) throw refuse("it extends itself");
  let text: string;
  try {
    text = await read(basePath);
  } catch (error) {
    if (!(error instanceof PolicyError) || error.code !== "POLICY_UNREADABLE") throw error;
    throw new PolicyError(
      "POLICY_UNREADABLE",
      [file.problem(["extends"], `'${base}' ${error.problems[0]?.text ?? "cannot be read"}`)],
      { cause: error },
    );
  }
  const found = parseDocument(text, basePath);
  if (found.document.extends !== undefined) {
    throw refuse(
      `'${base}' extends '${found.document.extends}' itself; one level is taken, so that what is granted can be read in two files`,
    );
  }
  return found.policy;
}

/** Grants are added, bounds and limits take the lower; name and mode are those of the policy that extends. */
function extended(base: Policy, policy: Policy): Policy {
  return {
    ...policy,
    permissions: combine(policy.permissions, base.permissions, "listed"),
    limits: lowerLimits(policy.limits, base.limits),
  };
}
