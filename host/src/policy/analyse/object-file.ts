import { realpathSync } from "node:fs";
import { binaryPath } from "../../backend/kernel/attach/functions.js";
import { readObject } from "../../backend/kernel/inspect.js";
import type { AttachUse, Use } from "../model/use.js";
import { ObjectCode } from "./code.js";
import type { Machine } from "./map-bytes.js";
import { countObject, isLoaded, mapUse, type ObjectCounts, programUses } from "./object.js";
import { policyTypeOf } from "./program-type.js";
import { sectionMode, sectionTarget, takesPath } from "./section-target.js";
import { structsOfVariables } from "./struct-ops.js";

/** What the module that brings an object can do with it, by the functions that it imports. */
export interface Reach {
  /** It can attach a program by its section, or to what it says in one word or more. */
  readonly attaches: boolean;
  /** It can attach a program to a place of its own choice. */
  readonly attachesAnywhere: boolean;
  /** It can load programs that are not loaded by themselves. */
  readonly setsPrograms: boolean;
  readonly registersStructs: boolean;
}

/** What an object uses. */
export interface ObjectAnalysis {
  readonly name: string;
  readonly uses: readonly Use[];
  /** Uses whose target only a run can tell. */
  readonly open: readonly AttachUse[];
  readonly counts: ObjectCounts;
}

/** `enum bpf_map_type` */
const DEVMAPS = [14, 25];
const STRUCT_OPS = 26;

/**
 * What a BPF object uses when it is loaded, and attached as far as a module can.
 * @throws BpfError libbpf or the host refuses it
 */
export function analyseObject(
  bytes: Uint8Array,
  name: string,
  reach: Reach,
  machine: Machine,
): ObjectAnalysis {
  const object = readObject(bytes, name);
  const code = new ObjectCode(bytes);
  const programs = object.programs.filter((program) => reach.setsPrograms || isLoaded(program));
  const uses: Use[] = [];
  const open: AttachUse[] = [];
  for (const program of programs) {
    uses.push(...programUses(program, code.reach(program.name, program.section)));
    const use = attachUse(program);
    if (use.target !== undefined && reach.attaches) uses.push(use);
    else if (use.target === undefined && reach.attachesAnywhere) open.push(use);
  }
  const structs = structsOfVariables(bytes);
  for (const map of object.maps) {
    uses.push(mapUse(map));
    if (map.pinPath !== undefined) uses.push({ kind: "pin", path: map.name, own: true });
    const attach = { kind: "attach", program: map.name } as const;
    if (map.type === STRUCT_OPS && reach.registersStructs) {
      uses.push({ ...attach, type: "struct_ops", target: structs.get(map.name) });
    }
    if (DEVMAPS.includes(map.type) && reach.attachesAnywhere) {
      open.push({ ...attach, type: "xdp", target: undefined });
    }
  }
  return { name, uses, open, counts: countObject(programs, object.maps, code, machine) };
}

/** Attaching a program where its section says. */
function attachUse(program: {
  readonly name: string;
  readonly section: string;
  readonly type: number;
  readonly attachType: number;
}): AttachUse {
  const type = policyTypeOf(program);
  const said = sectionTarget(type, program.section);
  const target = said !== undefined && takesPath(type) ? realTarget(said) : said;
  const mode = sectionMode(type, program.section);
  return {
    kind: "attach",
    program: program.name,
    type,
    target,
    ...(mode !== undefined && { mode }),
  };
}

/** `PATH:…` with the path as it is on this machine, or as it stands if it is not here. */
function realTarget(target: string): string {
  const [path = "", ...rest] = target.split(":");
  try {
    return [realpathSync(binaryPath(path)), ...rest].join(":");
  } catch {
    return target;
  }
}
