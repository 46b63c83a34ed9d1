/**
 * What a BPF object says about itself, as plain data that needs no kernel.
 *
 * @module
 */

import type { BtfKind, Linkage, TypeId } from "../btf/types.js";
import type { SectionKind } from "./section-kinds.js";

/** An entry program: a function in a section of its own, which libbpf loads by the section's name. */
export interface ProgramSpec {
  /** Name of the C function, by which libbpf finds it. */
  readonly name: string;
  /** The `SEC()` text as libbpf gives it, without a leading `?`: `"tracepoint/sched/sched_process_exec"`. */
  readonly section: string;
  /** False if `SEC()` starts with `?`: libbpf then loads it only when asked to. */
  readonly autoload: boolean;
  /** The section split at each slash: `["tracepoint", "sched", "sched_process_exec"]`. */
  readonly parts: readonly string[];
  /** What libbpf makes of the section's name, undefined if it does not know it. */
  readonly kind: SectionKind | undefined;
  /** Number of 8-byte BPF instructions. */
  readonly instructions: number;
  /** Its FUNC in BTF, undefined in an object without BTF functions. */
  readonly func: TypeId | undefined;
  /** Its FUNC_PROTO. */
  readonly proto: TypeId | undefined;
}

/** A function in `.text`, called by programs and not loaded on its own. */
export interface SubprogramSpec {
  readonly name: string;
  readonly instructions: number;
  readonly linkage: Linkage;
  readonly func: TypeId | undefined;
  readonly proto: TypeId | undefined;
}

/** A map of the `.maps` section. */
export interface MapSpec {
  readonly name: string;
  /** Number in `enum bpf_map_type` of `include/uapi/linux/bpf.h`. */
  readonly type: number;
  /** Its name there without the prefix, such as `"HASH"`; `"TYPE_99"` for a number that is newer than this program. */
  readonly typeName: string;
  /** Bytes; 0 for maps without a key. */
  readonly keySize: number;
  /** Type of `__type(key, …)`, undefined if only a size or nothing is given. */
  readonly keyType: TypeId | undefined;
  readonly valueSize: number;
  readonly valueType: TypeId | undefined;
  /** 0 if the object leaves it to the loader. */
  readonly maxEntries: number;
  /** `BPF_F_*` of map creation. */
  readonly flags: number;
  readonly mapExtra: bigint;
  readonly numaNode: number;
  readonly pinning: "none" | "by_name";
  /** What a map-in-map's own maps look like. */
  readonly inner: MapSpec | undefined;
  /** Names of maps or programs in `__array(values, …)` initialisers by index; undefined where nothing stands. */
  readonly values: readonly (string | undefined)[];
  /** The VAR in BTF. */
  readonly variable: TypeId;
}

export type DataSectionKind = "rodata" | "data" | "bss" | "kconfig";

/** What a `__kconfig` variable holds: `CONFIG_*` as yes/no, as y/m/n, as a character, number or text. */
export type ConfigKind = "bool" | "tristate" | "char" | "int" | "string";

export interface VariableSpec {
  readonly name: string;
  /** Bytes from the start of the section's map value. */
  readonly offset: number;
  readonly size: number;
  /** Type of the variable (not the VAR). */
  readonly type: TypeId;
  readonly linkage: Linkage;
  /** Kind and qualifiers resolved away: what stands there. */
  readonly kind: BtfKind;
  /** Initial bytes; empty for `.bss` (all zero) and for `.kconfig` (filled by libbpf at load). */
  readonly initial: Uint8Array;
  /** `extern … __weak`: 0 if the kernel's configuration has no such entry. */
  readonly weak: boolean;
  /** In `.kconfig`: how libbpf fills it in. */
  readonly config: ConfigKind | undefined;
}

/** A section of global variables, which libbpf makes a map with one element. */
export interface DataSectionSpec {
  /** Section name, such as `".rodata"` or `".data.config"`. */
  readonly name: string;
  readonly kind: DataSectionKind;
  /** Bytes of the map's value. */
  readonly size: number;
  /** Initial bytes; empty for `.bss` and `.kconfig`. */
  readonly initial: Uint8Array;
  /** By offset. Unnamed data, such as string literals in `.rodata.str1.1`, has no variable. */
  readonly variables: readonly VariableSpec[];
}

/** A variable of `.struct_ops` or `.struct_ops.link`: libbpf makes a STRUCT_OPS map of it. */
export interface StructOpsSpec {
  readonly name: string;
  readonly section: string;
  /** The struct's type in the object. */
  readonly type: TypeId;
  readonly size: number;
  /** Program for each function pointer that the object sets, by member name. */
  readonly programs: ReadonlyMap<string, string>;
}

/** Something that will not do what its author expects. */
export interface ObjectWarning {
  /** `"ENUM_TRUNCATED"`: a 64-bit enum that the compiler cut to 32 bits. `"VARIABLE_MISLISTED"`: a variable that BTF lists under a section in which it is not. */
  readonly code: string;
  readonly message: string;
}
