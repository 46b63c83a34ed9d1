import { matches } from "../glob/glob.js";
import type { PermissionsDocument } from "../model/document.js";
import { HELPER_EFFECTS, KFUNC_EFFECTS } from "../model/effect.js";
import type { Granted, Permissions } from "../model/policy.js";
import type { FileUse, MapUse, PinUse, QuotaUse, SwitchUse, Use } from "../model/use.js";
import type { Verdict } from "../model/verdict.js";
import { allow, deny } from "./answers.js";
import { decideAttach, decideProgram } from "./programs.js";

/** What permissions say of one use. It looks at nothing but its arguments. */
export function decide(permissions: Permissions, use: Use): Verdict {
  switch (use.kind) {
    case "program":
      return decideProgram(permissions.programs, use);
    case "attach":
      return decideAttach(permissions.programs, use);
    case "helper":
      return decideHelper(permissions, use.name);
    case "kfunc":
      return (
        among(permissions.kfuncs, use.name) ??
        deny("programs.kfuncs", `the kernel's function ${use.name} is not among those granted`, {
          programs: { kfuncs: [use.name] },
        })
      );
    case "effect": {
      const granted = permissions.effects.find(({ value }) => value === use.effect);
      if (granted !== undefined) return allow(granted.origin);
      return deny(
        "programs.enforcement",
        `program '${use.program}' could ${EFFECT_VERBS[use.effect] ?? use.effect} (${use.by}), and '${use.effect}' is not granted`,
        { programs: { enforcement: [use.effect] } },
      );
    }
    case "map":
      return decideMap(permissions, use);
    case "pin":
      return decidePin(permissions, use);
    case "environment":
      return (
        among(permissions.environment, use.name) ??
        deny("host.environment", `the variable ${use.name} is not among those granted`, {
          host: { environment: [use.name] },
        })
      );
    case "file": {
      const granted = permissions.files.find(
        ({ value }) =>
          reachesFile(value.path, use) && (value.access === "write" || use.access === "read"),
      );
      if (granted !== undefined) return allow(granted.origin);
      return deny("host.files", `no grant lets it ${use.access} ${use.path}`, {
        host: { files: [{ path: use.path, access: use.access }] },
      });
    }
    case "symbols":
      return (
        among(permissions.symbols, use.path) ??
        deny("host.symbols", `the symbols of ${use.path} are not among those granted`, {
          host: { symbols: [use.path] },
        })
      );
    case "quota":
      return decideQuota(permissions, use);
    default:
      return decideSwitch(permissions, use);
  }
}

/** Whoever may read all that lies below a folder may also list the folder: its names are those of what it may read. */
function reachesFile(pattern: string, { path, access }: FileUse): boolean {
  if (matches(pattern, path)) return true;
  return access === "read" && pattern.endsWith("/**") && matches(pattern.slice(0, -3), path);
}

/** "could … others": what an effect means, for messages. */
const EFFECT_VERBS: Readonly<Record<string, string>> = {
  drop: "drop packets",
  deny: "make calls of other processes fail",
  redirect: "send packets or connections elsewhere",
  replace: "stand in for a function of the kernel or of another program",
  write_user: "write into the memory of processes",
  override_return: "make functions of the kernel return something else",
  send_signal: "send signals to processes",
  write_tracepoint: "change the arguments of tracepoints",
  system_call: "call bpf(2) itself",
};

function among(granted: readonly Granted[], name: string): Verdict | undefined {
  const found = granted.find(({ value }) => matches(value, name));
  return found && allow(found.origin);
}

function decideHelper({ helpers, deniedHelpers }: Permissions, name: string): Verdict {
  const denied = deniedHelpers.find(({ value }) => matches(value, name));
  if (denied !== undefined) return deny(denied.origin, `the helper ${name} is denied`, undefined);
  // Its effect is asked for by itself, as an EffectUse; of one that this host does not know, nobody can say that it has none.
  if (helpers === undefined && !name.startsWith("#")) return allow("programs.helpers, by default");
  return (
    among(helpers ?? [], name) ??
    deny("programs.helpers.allow", `the helper ${name} is not among those granted`, {
      programs: { helpers: { allow: [name] } },
    })
  );
}

/** The effect that a helper or a function of the kernel brings; `undefined`: none. */
export const effectOfCall = (kind: "helper" | "kfunc", name: string) =>
  kind === "helper" ? HELPER_EFFECTS[name] : KFUNC_EFFECTS[name];

function decideMap(permissions: Permissions, use: MapUse): Verdict {
  if (use.created && permissions.createMaps === undefined) {
    const typed = among(permissions.mapTypes, use.type) !== undefined;
    return deny("maps.create", "making maps at run time is not granted", {
      maps: { create: true, ...(!typed && { types: [use.type] }) },
    });
  }
  return (
    among(permissions.mapTypes, use.type) ??
    deny("maps.types", `map '${use.map}' is of type ${use.type}, which is not granted`, {
      maps: { types: [use.type] },
    })
  );
}

function decidePin({ ownPins, sharedPins }: Permissions, use: PinUse): Verdict {
  const [granted, key] = use.own ? [ownPins, "own"] : [sharedPins, "shared"];
  return (
    among(granted, use.path) ??
    deny(`pins.${key}`, `the pin '${use.path}' is not among those granted`, {
      pins: { [key]: [use.path] },
    })
  );
}

const QUOTAS = {
  programs: { key: "programs.max", what: "programs" },
  instructions: { key: "programs.maxInstructions", what: "BPF instructions" },
  maps: { key: "maps.max", what: "maps" },
  mapBytes: { key: "maps.maxBytes", what: "bytes of maps" },
} as const;

function decideQuota(permissions: Permissions, use: QuotaUse): Verdict {
  const bound = {
    programs: permissions.maxPrograms,
    instructions: permissions.maxInstructions,
    maps: permissions.maxMaps,
    mapBytes: permissions.maxMapBytes,
  }[use.quota];
  const { key, what } = QUOTAS[use.quota];
  if (bound === undefined) return allow(`${key}, no bound`);
  if (use.amount <= bound.value) return allow(bound.origin);
  return deny(
    bound.origin,
    `it would have ${use.amount} ${what}, and ${bound.value} are granted`,
    raised(use),
  );
}

/** A grant cannot be added to a bound; the bound has to be this high. */
function raised({ quota, amount }: QuotaUse): PermissionsDocument {
  switch (quota) {
    case "programs":
      return { programs: { max: amount } };
    case "instructions":
      return { programs: { maxInstructions: amount } };
    case "maps":
      return { maps: { max: amount } };
    case "mapBytes":
      return { maps: { maxBytes: amount } };
  }
}

/** Where a switch stands in a policy. */
export const SWITCH_GRANTS: Readonly<Record<SwitchUse["kind"], PermissionsDocument>> = {
  stdout: { host: { stdout: true } },
  stderr: { host: { stderr: true } },
  clock: { host: { clock: true } },
  random: { host: { random: true } },
  arguments: { host: { arguments: true } },
  metrics: { host: { metrics: true } },
  kallsyms: { host: { kallsyms: true } },
  "test-run": { programs: { testRun: true } },
  stats: { programs: { stats: true } },
  freeze: { maps: { freeze: true } },
};

function decideSwitch({ switches }: Permissions, { kind }: SwitchUse): Verdict {
  const origin = switches.get(kind);
  if (origin !== undefined) return allow(origin);
  const grant = SWITCH_GRANTS[kind];
  const [[room, key]] = Object.entries(grant).map(
    ([name, inner]) => [name, Object.keys(inner)[0]] as const,
  ) as [readonly [string, string]];
  return deny(`${room}.${key}`, `${room}.${key} is not granted`, grant);
}
