import { checkElf } from "../backend/kernel/elf/check.js";
import { readElf } from "../backend/kernel/elf/read.js";
import { mapName } from "../backend/kernel/map.js";
import { native } from "../backend/kernel/native.js";
import { ObjectCode } from "../policy/analyse/code.js";
import { mapUse, programUses } from "../policy/analyse/object.js";
import { policyTypeOf } from "../policy/analyse/program-type.js";
import { sectionTarget } from "../policy/analyse/section-target.js";
import type { Use } from "../policy/model/use.js";
import { readMemoryImage } from "../wasm/data.js";
import { findBpfObjects } from "../wasm/elf.js";
import { readSections } from "../wasm/sections.js";
import { readImports } from "../wasm/signatures.js";
import type { CodeFacts } from "./rules.js";

/** What a module's file says that it will do. */
export interface StaticUses {
  readonly uses: readonly Use[];
  /** Whether it can do nothing else: it carries the objects that it opens, and does not change what their programs are. */
  readonly complete: boolean;
  readonly code: CodeFacts;
}

const OPENS: ReadonlySet<string> = new Set(["object_open", "wasm_load_bpf_object"]);
/** Imports that change a program or what it is attached to. */
const CHANGES: ReadonlySet<string> = new Set(["program_set", "program_set_attach_target"]);

/** Reads what decides about capabilities: the objects that a module carries, and what it imports. Nothing of it runs. */
export function staticUses(bytes: Uint8Array): StaticUses {
  const sections = readSections(bytes);
  const imports = new Set(readImports(bytes, sections).map(({ name }) => name));
  const uses: Use[] = [];
  if (imports.has("stats_enable")) uses.push({ kind: "stats" });
  if (imports.has("map_freeze")) uses.push({ kind: "freeze" });
  if (imports.has("kernel_symbols")) uses.push({ kind: "kallsyms" });
  // Of which files is seen when it asks.
  if (imports.has("user_symbols")) uses.push({ kind: "symbols", path: "**" });
  const imported = (names: ReadonlySet<string>) => [...names].some((name) => imports.has(name));
  if (!imported(OPENS)) return { uses, complete: true, code: { subtracts: false } };
  let complete = !imported(CHANGES);
  const objects = findBpfObjects(readMemoryImage(bytes, sections));
  for (const object of objects) {
    try {
      uses.push(...objectUses(object));
    } catch {
      // It will not open either, and the run says why.
      complete = false;
    }
  }
  complete &&= objects.length > 0;
  return { uses, complete, code: { subtracts: !complete || objects.some(subtracts) } };
}

const SHF_EXECINSTR = 4;
const INSTRUCTION = 8;
/** BPF_ALU64 | BPF_SUB | BPF_X of `include/uapi/linux/bpf.h`. */
const SUBTRACT = 0x1f;

/** Whether some program subtracts one register from another. */
const subtracts = (object: Uint8Array): boolean =>
  readElf(object).some(({ flags, bytes }) => {
    if ((flags & SHF_EXECINSTR) === 0) return false;
    for (let at = 0; at < bytes.length; at += INSTRUCTION) {
      if (bytes[at] === SUBTRACT) return true;
    }
    return false;
  });

function objectUses(object: Uint8Array): Use[] {
  checkElf(object, "object");
  const { programs, maps } = native().inspect(object, "object");
  const code = new ObjectCode(object);
  return [
    ...maps.map((map) => mapUse({ ...map, name: mapName(map) })),
    ...programs.flatMap((program): Use[] => {
      const { name, section } = program;
      const type = policyTypeOf(program);
      return [
        ...programUses(program, code.reach(name, section)),
        { kind: "attach", program: name, type, target: sectionTarget(type, section) },
      ];
    }),
  ];
}
