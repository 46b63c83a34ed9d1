import { constants } from "node:os";
import { BpfError } from "../../backend/backend.js";
import { grantsAny, type ImportNeed, needOfImport, PLACES } from "../analyse/imports.js";
import { allow, deny } from "../decide/answers.js";
import type { Guard } from "../guard/guard.js";
import { DEFAULT_POLICY } from "../model/defaults.js";
import type { Permissions } from "../model/policy.js";
import type { Use } from "../model/use.js";
import type { Verdict } from "../model/verdict.js";

const CALL = "start";

/**
 * Lets a module be linked, or not: every function that it imports has to be one that its policy may let it call.
 * @throws BpfError `EPERM` with one sentence that names the function, what is missing, and how it is granted
 */
export function requireImports(compiled: WebAssembly.Module, guard: Guard): void {
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    const need = needOfImport(module, name);
    if (need === undefined) continue;
    try {
      requireNeed(guard, need);
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      const lacks = /by its own manifest/.test(error.message)
        ? "its own manifest does not ask for it"
        : guard.policy.name === DEFAULT_POLICY.name
          ? "no policy grants it: give one with --policy, or see --allow of wbpf run"
          : `${guard.policy.name} does not grant it: add it there, or see --allow of wbpf run`;
      throw new BpfError(
        constants.errno.EPERM,
        "EPERM",
        `${guard.name} imports '${module}.${name}', which needs ${grantOf(need)}, and ${lacks}`,
      );
    }
  }
}

function requireNeed(guard: Guard, need: ImportNeed): void {
  switch (need.kind) {
    case "switch":
      guard.require(CALL, { kind: need.use });
      break;
    case "output": {
      // Which stream it writes to is seen when it writes.
      const either = (["stdout", "stderr"] as const).some((kind) => guard.decide({ kind }).allowed);
      if (!either) guard.require(CALL, { kind: "stdout" });
      break;
    }
    case "any":
      guard.requireBy(CALL, ANY_USE[need.of], (permissions) => anyVerdict(permissions, need.of));
      break;
  }
}

type Any = (ImportNeed & { kind: "any" })["of"];

/** What is recorded: a use whose particulars are seen later. */
const ANY_USE: Readonly<Record<Any, Use>> = {
  programs: { kind: "program", program: "*", type: "*", sleepable: false },
  objects: { kind: "program", program: "*", type: "*", sleepable: false },
  maps: { kind: "map", map: "*", type: "*", created: false },
  pins: { kind: "pin", path: "*", own: true },
  symbols: { kind: "symbols", path: "*" },
};

function anyVerdict(permissions: Permissions, of: Any): Verdict {
  const place = PLACES[of];
  return grantsAny(permissions, of)
    ? allow(place)
    : deny(place, `nothing of ${place} is granted`, undefined);
}

function grantOf(need: ImportNeed): string {
  switch (need.kind) {
    case "switch":
      return SWITCH_PLACES[need.use] ?? need.use;
    case "output":
      return "host.stdout or host.stderr";
    case "any":
      return PLACES[need.of];
  }
}

const SWITCH_PLACES: Readonly<Record<string, string>> = {
  arguments: "host.arguments",
  kallsyms: "host.kallsyms",
  metrics: "host.metrics",
  clock: "host.clock",
  random: "host.random",
  freeze: "maps.freeze",
  stats: "programs.stats",
  "test-run": "programs.testRun",
};
