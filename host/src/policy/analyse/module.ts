import type { EmbeddedObject } from "../../module/description.js";
import { readMemoryImage } from "../../wasm/data.js";
import { findBpfObjects } from "../../wasm/elf.js";
import { readSections } from "../../wasm/sections.js";
import { readImports } from "../../wasm/signatures.js";
import type { SwitchUse, Use } from "../model/use.js";
import { needOfImport } from "./imports.js";
import type { Machine } from "./map-bytes.js";
import type { ObjectCounts } from "./object.js";
import { analyseObject, type ObjectAnalysis, type Reach } from "./object-file.js";

/** What a module uses, as far as its bytes tell. */
export interface Analysis {
  readonly uses: readonly Use[];
  /** Uses of which only a run can tell the target: a pin, a place to attach to, a file. */
  readonly open: readonly Use[];
  /** What else only a run can tell, a sentence each. */
  readonly unknown: readonly string[];
  readonly counts: ObjectCounts;
}

/** CPUs of a machine for which policies are generated: per-CPU maps are reckoned for so many, whatever the machine on which it is done has. */
export const ASSUMED: Machine = { cpus: 128, pageSize: 4096 };

/**
 * What a module uses: its imports, and the BPF objects that lie in its memory before it runs. One that it puts together at run time is not seen here, and is checked
 * when it is loaded.
 * @param described what the module's section says that it carries, for names
 * @throws BpfError libbpf or the host refuses an object
 */
export function analyseModule(
  bytes: Uint8Array,
  described: readonly EmbeddedObject[] = [],
  machine: Machine = ASSUMED,
): Analysis {
  const sections = readSections(bytes);
  const imports = readImports(bytes, sections);
  const has = (...names: readonly string[]) => imports.some(({ name }) => names.includes(name));
  const reach: Reach = {
    attaches: has("program_attach", "program_attach_to", "wasm_attach_bpf_program"),
    attachesAnywhere: has("program_attach_to", "wasm_attach_bpf_program", "map_update_redirect"),
    setsPrograms: has("program_set"),
    registersStructs: has("map_attach_struct_ops"),
  };
  const objects = findBpfObjects(readMemoryImage(bytes, sections)).map((image, i) =>
    analyseObject(image.slice(), described[i]?.name ?? `object${i}`, reach, machine),
  );
  return {
    uses: distinct([...hostUses(imports), ...objects.flatMap(({ uses }) => uses)]),
    open: distinct([...objects.flatMap(({ open }) => open), ...openUses(has)]),
    unknown: unknowns(has, objects.length),
    counts: total(objects),
  };
}

function hostUses(imports: readonly { readonly module: string; readonly name: string }[]): Use[] {
  const needs = imports.map(({ module, name }) => needOfImport(module, name));
  const switches = new Set<SwitchUse["kind"]>();
  for (const need of needs) {
    if (need?.kind === "switch") switches.add(need.use);
    // Which of the two streams it writes to is an argument.
    if (need?.kind === "output") switches.add("stdout").add("stderr");
  }
  return [...switches].map((kind) => ({ kind }));
}

function openUses(has: (...names: string[]) => boolean): Use[] {
  return [
    ...(has("pin") ? [{ kind: "pin", path: "**", own: true } as const] : []),
    ...(has("map_reuse_pin") ? [{ kind: "pin", path: "**", own: false } as const] : []),
    ...(has("user_symbols") ? [{ kind: "symbols", path: "**" } as const] : []),
    ...(has("map_update_cgroup") ? [{ kind: "file", path: "/**", access: "read" } as const] : []),
  ];
}

function unknowns(has: (...names: string[]) => boolean, objects: number): string[] {
  const found: string[] = [];
  if (has("environ_get")) {
    found.push(
      "It can read environment variables: name those that it may see in host.environment.",
    );
  }
  if (has("map_set")) {
    found.push("It can set types and sizes of maps when it runs: maps.maxBytes is left out.");
  }
  if (has("map_storage_lookup", "map_storage_update", "map_storage_delete")) {
    found.push("It can name files and cgroups as owners of storage: name them in host.files.");
  }
  if (objects === 0 && has("object_open", "wasm_load_bpf_object")) {
    found.push("It carries no BPF object that can be seen: it makes one when it runs, or gets it.");
  }
  return found;
}

function total(objects: readonly ObjectAnalysis[]): ObjectCounts {
  const sum = (key: keyof ObjectCounts) =>
    objects.reduce((amount, { counts }) => amount + counts[key], 0);
  return {
    programs: sum("programs"),
    instructions: sum("instructions"),
    maps: sum("maps"),
    mapBytes: sum("mapBytes"),
  };
}

/** Each once. */
function distinct<T extends Use>(uses: readonly T[]): T[] {
  return [...new Map(uses.map((use) => [JSON.stringify(use), use])).values()];
}
