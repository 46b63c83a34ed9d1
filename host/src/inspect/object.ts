import { inspectObject as describeObject, type MapDescription } from "../backend/kernel/inspect.js";
import { sha256 } from "./hash.js";

/** A program of a BPF object. */
export interface ProgramInspection {
  /** Of the C function. */
  readonly name: string;
  /** As in `SEC()`. */
  readonly section: string;
  /** As libbpf calls it, such as `"tracepoint"`. */
  readonly type: string;
  /** As libbpf calls it; `null` for a type that has none. */
  readonly attachType: string | null;
  /** What the section's name says it is attached to, such as `"sched/sched_process_exec"`; `null` if it names nothing. */
  readonly target: string | null;
  /** Number of BPF instructions. */
  readonly instructions: number;
  /** Whether it is loaded without being asked for. */
  readonly autoload: boolean;
}

/** What is in a BPF object. */
export interface ObjectInspection {
  readonly name: string;
  /** Bytes of the ELF file. */
  readonly size: number;
  /** Of the ELF file, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Of its `license` section, empty if it has none. */
  readonly license: string;
  readonly programs: readonly ProgramInspection[];
  readonly maps: readonly MapDescription[];
}

/**
 * What a BPF object declares, as libbpf reads it. Nothing is loaded.
 * @throws BpfError `EINVAL`: not a BPF object; `ENOENT`: no libbpf
 */
export function inspectObject(bytes: Uint8Array, name: string): ObjectInspection {
  const { license, programs, maps } = describeObject(bytes, name);
  return {
    name,
    size: bytes.length,
    sha256: sha256(bytes),
    license,
    programs: programs.map((program) => ({
      name: program.name,
      section: program.section,
      type: program.type,
      attachType: program.attachType ?? null,
      target: targetOf(program.section),
      instructions: program.instructions,
      autoload: program.autoload,
    })),
    maps,
  };
}

/** The part of a section's name after its first slash: `tp/sched/sched_switch` is attached to `sched/sched_switch`. */
function targetOf(section: string): string | null {
  const at = section.indexOf("/");
  return at < 0 || at === section.length - 1 ? null : section.slice(at + 1);
}
