import { readFileSync } from "node:fs";
import { HostError, messageOf } from "../../errors.js";
import type { AuditRecord } from "../audit/record.js";
import type { Use } from "../model/use.js";

/**
 * The uses of one module that an audit log recorded, whether they were let through or not.
 * @param digest of the module
 * @throws HostError it cannot be read, is no audit log, or is of other modules
 */
export function readRecordedUses(file: string, digest: string): Use[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new HostError(`cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
  const records = text
    .split("\n")
    .flatMap((line, i) => (line === "" ? [] : [parseRecord(line, `${file}:${i + 1}`)]));
  const uses = records.filter((record) => record.module === digest).map(({ use }) => use);
  if (uses.length === 0) {
    throw new HostError(`${file} has no record of this module (sha256 ${digest})`);
  }
  return uses.filter((use): use is Use => use.kind !== "limit" && use.kind !== "others");
}

function parseRecord(line: string, where: string): AuditRecord {
  try {
    const record = JSON.parse(line) as AuditRecord;
    if (typeof record.module === "string" && typeof record.use.kind === "string") return record;
  } catch {
    // Told below.
  }
  throw new HostError(`${where}: this is no audit record, as \`wbpf run --audit\` writes them`);
}
