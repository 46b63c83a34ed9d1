import { attempt } from "./attempt.js";
import { checkAndRemember } from "./elf/checked.js";
import type { ElfSection } from "./elf/read.js";
import { explainOpen } from "./explain/open.js";
import { mapName } from "./map.js";
import { type NativeObject, type NativeProgram, native } from "./native.js";

/** What a BPF object declares. */
export interface ObjectDescription {
  /** Of its `license` section, empty if it has none. */
  readonly license: string;
  readonly programs: readonly ProgramDescription[];
  readonly maps: readonly MapDescription[];
}

export interface ProgramDescription {
  /** Of the C function. */
  readonly name: string;
  /** As in `SEC()`. */
  readonly section: string;
  /** As libbpf calls it, such as `"tracepoint"`; `"type 77"` if the installed libbpf does not know it. */
  readonly type: string;
  /** As libbpf calls it, such as `"cgroup_inet4_connect"`; `undefined` for program types that have none. */
  readonly attachType: string | undefined;
  /** Number of BPF instructions. */
  readonly instructions: number;
  /** False for `SEC("?…")`: loaded only on request. */
  readonly autoload: boolean;
}

export interface MapDescription {
  /** As in C; for a data section its name, such as `".rodata"`. */
  readonly name: string;
  /** As libbpf calls it, such as `"ringbuf"`. */
  readonly type: string;
  /** In bytes. */
  readonly keySize: number;
  /** In bytes. */
  readonly valueSize: number;
  /** 0: not given, for a map whose size the loader decides. */
  readonly maxEntries: number;
  /** `BPF_F_*` of `enum` in `include/uapi/linux/bpf.h`. */
  readonly flags: number;
  /** Whether it asks to be pinned by name. */
  readonly pinned: boolean;
}

/**
 * What an object declares, as libbpf reads it, without loading anything. Needs no privilege.
 * @param name what a message calls it
 * @throws BpfError `EINVAL`: not a BPF object; `ENOENT`: no libbpf
 */
export function inspectObject(bytes: Uint8Array, name = "object"): ObjectDescription {
  const { programs, maps, sections } = readObject(bytes, name);
  const license = sections.find((section) => section.name === "license")?.bytes;
  return {
    license: new TextDecoder().decode(license).split("\0")[0] ?? "",
    programs: programs.map((program) => ({
      name: program.name,
      section: program.section,
      type: program.typeName ?? `type ${program.type}`,
      attachType: attachTypeOf(program),
      instructions: program.instructions,
      autoload: program.autoload,
    })),
    maps: maps.map((map) => ({
      name: map.name,
      type: map.typeName ?? `type ${map.type}`,
      keySize: map.keySize,
      valueSize: map.valueSize,
      maxEntries: map.maxEntries,
      flags: map.flags,
      pinned: map.pinPath !== undefined,
    })),
  };
}

/** The same as libbpf's own numbers, with the names that users know maps by. */
export function readObject(
  bytes: Uint8Array,
  name: string,
): Pick<NativeObject, "maps" | "programs"> & { readonly sections: readonly ElfSection[] } {
  const sections = checkAndRemember(bytes, name);
  const { programs, maps } = attempt(
    () => native().inspect(bytes, name),
    (failure) => explainOpen(failure, name),
  );
  return { programs, maps: maps.map((map) => ({ ...map, name: mapName(map) })), sections };
}

/** `enum bpf_prog_type`: the one type for which the attach type 0, `BPF_CGROUP_INET_INGRESS`, does not mean "none". */
const BPF_PROG_TYPE_CGROUP_SKB = 8;

function attachTypeOf(program: NativeProgram): string | undefined {
  const none = program.attachType === 0 && program.type !== BPF_PROG_TYPE_CGROUP_SKB;
  return none ? undefined : program.attachTypeName;
}
