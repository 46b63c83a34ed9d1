import {
  type AuditRecord,
  allowAll,
  Module,
  ModuleError,
  parsePolicy,
  type Result,
} from "@wbpf/host";
import type { HostileCase } from "./case.js";
import { Script } from "./script.js";

/** What came of a run of a hostile module. */
export interface Run {
  readonly told: ReturnType<typeof Script.read>;
  readonly script: Script;
  /** How it was refused or ended; empty: it returned. */
  readonly sentence: string;
  readonly unfit: boolean;
  readonly records: readonly AuditRecord[];
}

/** Runs a hostile module to its end, or to where it is refused. */
export async function run(hostile: HostileCase): Promise<Run> {
  const script = new Script(hostile.pages);
  const made = hostile.module(script);
  const bytes = made instanceof Uint8Array ? Uint8Array.from(made) : script.build();
  const records: AuditRecord[] = [];
  const nothing = { results: [], texts: [] };
  let module: Module;
  try {
    module = await Module.fromBytes(bytes, { name: "hostile.wasm" });
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    return { told: nothing, script, sentence: error.message, unfit: true, records };
  }
  const chunks: Uint8Array[] = [];
  const policy = hostile.policy && parsePolicy(`version: 1\n${hostile.policy}`, "hostile.yaml");
  let finished: Promise<Result>;
  try {
    ({ finished } = module.start({
      args: ["one", "two"],
      policy: policy || allowAll(),
      audit: (record) => records.push(record),
      stdout: (piece) => chunks.push(piece.slice()),
      stderr: () => {},
    }));
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    return { told: nothing, script, sentence: error.message, unfit: true, records };
  }
  const result = await finished;
  const sentence =
    result.kind === "exit"
      ? ""
      : result.kind === "killed"
        ? result.reason === "limit"
          ? result.limit.message
          : result.reason
        : result.error.message;
  const told = hostile.ends === undefined ? Script.read(Buffer.concat(chunks)) : nothing;
  return { told, script, sentence, unfit: false, records };
}
