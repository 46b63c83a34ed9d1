import { nearNames, suggestion } from "../../module/near-names.js";
import { MAP_TYPES } from "../../probe/map-types.js";
import { matches } from "../glob/glob.js";
import type { PermissionsDocument, ProgramGrantDocument } from "../model/document.js";
import { PROGRAM_TYPE_BY_NAME } from "../model/program-type.js";
import type { ShapeProblem } from "./shape.js";

type Found = ShapeProblem | undefined;

const or = (names: readonly string[]) => names.map((name) => `'${name}'`).join(" or ");
const isWild = (pattern: string) => /[*?]/.test(pattern);

/**
 * Grants of the right shape that cannot mean what was meant: patterns that match nothing that there can be, modes of another type.
 */
export function senseProblems({ programs, maps, pins, host }: PermissionsDocument): ShapeProblem[] {
  const found: Found[] = [
    ...(programs?.allow ?? []).flatMap((grant, i) => grantProblems(grant, i)),
    ...each(programs?.helpers?.allow, ["programs", "helpers", "allow"], helperProblem),
    ...each(programs?.helpers?.deny, ["programs", "helpers", "deny"], helperProblem),
    ...each(maps?.types, ["maps", "types"], mapTypeProblem),
    ...each(pins?.own, ["pins", "own"], pinProblem),
    ...each(pins?.shared, ["pins", "shared"], pathProblem),
    ...each(host?.environment, ["host", "environment"], (name) =>
      name.includes("=") ? `'${name}' is not the name of a variable: it has a '='` : undefined,
    ),
    ...(host?.files ?? []).map(({ path }, i) =>
      at(["host", "files", i, "path"], pathProblem(path)),
    ),
    ...each(host?.symbols, ["host", "symbols"], pathProblem),
  ];
  return found.filter((problem) => problem !== undefined);
}

const at = (path: ShapeProblem["path"], text: string | undefined): Found =>
  text === undefined ? undefined : { path, text };

function each(
  values: readonly string[] | undefined,
  path: ShapeProblem["path"],
  problem: (value: string) => string | undefined,
): Found[] {
  return (values ?? []).map((value, i) => at([...path, i], problem(value)));
}

function grantProblems(grant: ProgramGrantDocument, index: number): Found[] {
  const type = PROGRAM_TYPE_BY_NAME.get(grant.type);
  if (type === undefined) return [];
  const path = ["programs", "allow", index] as const;
  if (type.target === undefined && (grant.targets?.length ?? 0) > 0) {
    return [
      at([...path, "targets"], `programs of type ${type.name} have no targets; leave it out`),
    ];
  }
  return [
    ...(grant.modes ?? []).map((mode, i) => {
      if (type.modes.includes(mode)) return undefined;
      const text =
        type.modes.length === 0
          ? `type ${type.name} has no modes; leave it out`
          : `'${mode}' is not a mode of ${type.name}${suggestion(mode, type.modes, "modes").replace("it has", "there are")}`;
      return at([...path, "modes", i], text);
    }),
    ...each(grant.targets, [...path, "targets"], (target) => targetProblem(type.name, target)),
  ];
}

/** Types whose targets are compared with two names and a slash between them. */
const PAIRS = new Set(["tracepoint", "netfilter", "perf_event"]);
const INTERFACES = new Set(["xdp", "tc", "tcx", "netkit", "socket_filter"]);
const BINARIES = new Set(["uprobe", "uprobe_multi", "usdt"]);
const CGROUPS = /^(cgroup_|sockops$)/;
const NAMESPACES = new Set(["sk_lookup", "flow_dissector"]);

/** Why a pattern can match no target of the type. @returns `undefined` when it can */
export function targetProblem(type: string, target: string): string | undefined {
  const what = PROGRAM_TYPE_BY_NAME.get(type)?.target ?? "";
  if (CGROUPS.test(type)) return pathProblem(target);
  if (NAMESPACES.has(type)) return target === "host" ? undefined : pathProblem(target);
  if (BINARIES.has(type)) {
    if (!target.includes(":") && !target.includes("**")) {
      return `'${target}' matches no target of ${type}, which is ${what}`;
    }
    return pathProblem(target);
  }
  if (target.includes("**")) return undefined;
  if (PAIRS.has(type) && !target.includes("/")) {
    const advice = type === "tracepoint" ? `; did you mean '*/${target}'?` : "";
    return `'${target}' matches no target of ${type}, which is ${what}${advice}`;
  }
  if (INTERFACES.has(type) && target.includes("/")) {
    return `'${target}' matches no target of ${type}, which is ${what}`;
  }
  return undefined;
}

function helperProblem(name: string): string | undefined {
  // `#230`: one that this host has no name for.
  if (isWild(name) || /^(bpf_|#\d+$)/.test(name)) return undefined;
  return `'${name}' is no helper, whose names begin with bpf_; did you mean 'bpf_${name}'?`;
}

function mapTypeProblem(pattern: string): string | undefined {
  const names = MAP_TYPES.map(({ name }) => name);
  if (names.some((name) => matches(pattern, name))) return undefined;
  if (isWild(pattern)) return `'${pattern}' matches no type of maps`;
  const near = nearNames(pattern, names);
  return `'${pattern}' is not a type of maps${near.length > 0 ? `; did you mean ${or(near)}?` : ""}`;
}

function pinProblem(name: string): string | undefined {
  if (name.startsWith("/")) {
    return `'${name}' is absolute; names under the module's own folder were expected (pins.shared takes paths)`;
  }
  return dotted(name);
}

function pathProblem(path: string): string | undefined {
  if (!/^[/*]/.test(path)) {
    return `'${path}' is relative; an absolute path was expected, because real paths are compared with it`;
  }
  return dotted(path);
}

function dotted(path: string): string | undefined {
  if (!path.split(/[/:]/).some((part) => part === "." || part === "..")) return undefined;
  return `'${path}' matches nothing: real paths have no '.' or '..' in them`;
}
