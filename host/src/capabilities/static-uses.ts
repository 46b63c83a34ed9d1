import { analyseModule } from "../policy/analyse/module.js";
import type { Use } from "../policy/model/use.js";
import { readMemoryImage } from "../wasm/data.js";
import { findBpfObjects } from "../wasm/elf.js";
import { readSections } from "../wasm/sections.js";
import { readImports } from "../wasm/signatures.js";

/** What a module's file says that it will do. */
export interface StaticUses {
  readonly uses: readonly Use[];
  /** Whether it can do nothing else: it carries the objects that it opens, and does not change what their programs are. */
  readonly complete: boolean;
  /** What it may try out to see whether the kernel has it. No policy is about that, but it takes what the real thing takes. */
  readonly tries: readonly Use[];
}

const OPENS = ["object_open", "wasm_load_bpf_object"];
/** Imports that change a program or what it is attached to. */
const CHANGES = ["program_set", "program_set_attach_target"];
const TRIES_MAPS = ["probe_map_type"];
const TRIES_PROGRAMS = ["probe_program_type", "probe_helper"];

const program = (type: string): Use => ({ kind: "program", program: "", type, sleepable: false });
const map = (type: string): Use => ({ kind: "map", map: "", type, created: false });

/** Reads what decides about capabilities: the objects that a module carries, and what it imports. Nothing of it runs. */
export function staticUses(bytes: Uint8Array): StaticUses {
  const sections = readSections(bytes);
  const imports = readImports(bytes, sections);
  const imported = (names: readonly string[]) => imports.some(({ name }) => names.includes(name));
  const objects = findBpfObjects(readMemoryImage(bytes, sections));
  const complete = !imported(OPENS) || (objects.length > 0 && !imported(CHANGES));
  const tries = [
    ...(imported(TRIES_MAPS) ? [map("hash")] : []),
    // One that watches the kernel and one that steers the network: between them they take what any takes to load.
    ...(imported(TRIES_PROGRAMS) ? [program("raw_tracepoint"), program("xdp")] : []),
  ];
  try {
    const { uses, open } = analyseModule(bytes);
    return { uses: [...uses, ...open], complete, tries };
  } catch {
    // An object that cannot be read will not open either, and the run says why.
    return { uses: [], complete: false, tries };
  }
}
