import { readFile } from "node:fs/promises";
import { HostError, messageOf } from "../../errors.js";
import type { Module } from "../../module/module.js";
import type { ModuleIdentity } from "./model.js";
import { parseSignature } from "./signature.js";

/**
 * What roles are decided by.
 * @param signature of {@link signDigest}, as text; `undefined`: there is none
 * @throws HostError when the signature is none
 */
export function identityOf(
  { digest, description, name }: Pick<Module, "digest" | "description" | "name">,
  signature?: string,
): ModuleIdentity {
  const bytes = signature === undefined ? undefined : parseSignature(signature);
  if (signature !== undefined && bytes === undefined) {
    throw new HostError(`the signature of ${name} is not a line of Base64, as wbpf sign writes it`);
  }
  return { digest, name: description?.name, version: description?.version, signature: bytes };
}

/** The text of `MODULE.sig`. `undefined`: there is no such file. */
export async function readSignature(module: string): Promise<string | undefined> {
  try {
    return await readFile(`${module}.sig`, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new HostError(`cannot read ${module}.sig: ${messageOf(cause)}`, { cause });
  }
}
