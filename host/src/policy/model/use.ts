import type { FileAccess } from "./document.js";
import type { Effect } from "./effect.js";

/** Loading a program. */
export interface ProgramUse {
  readonly kind: "program";
  /** Of its C function. */
  readonly program: string;
  /** Of {@link PROGRAM_TYPES}. */
  readonly type: string;
  readonly sleepable: boolean;
}

/** Attaching a program, or choosing before its load what it will be attached to. */
export interface AttachUse {
  readonly kind: "attach";
  readonly program: string;
  readonly type: string;
  /** Resolved: real paths, an interface's name. `undefined`: only known when it runs. */
  readonly target: string | undefined;
  /** Of the type's modes. */
  readonly mode?: string;
}

/** A helper that a program calls. */
export interface HelperUse {
  readonly kind: "helper";
  readonly program: string;
  /** As in C; `#300`: the host knows its number only. */
  readonly name: string;
}

/** A function of the kernel that a program calls by name. */
export interface KfuncUse {
  readonly kind: "kfunc";
  readonly program: string;
  /** `#300`: the object names it by the number of its type in the kernel's BTF. */
  readonly name: string;
}

/** What a program can do to others, by its type or by what it calls. */
export interface EffectUse {
  readonly kind: "effect";
  readonly program: string;
  readonly effect: Effect;
  /** What brings it, such as `xdp` or `bpf_send_signal`. */
  readonly by: string;
}

/** Creating a map. */
export interface MapUse {
  readonly kind: "map";
  readonly map: string;
  /** As libbpf names it, such as `hash`. */
  readonly type: string;
  /** At run time, and not as part of an object. */
  readonly created: boolean;
}

/** Pinning in, or taking from, the BPF file system. */
export interface PinUse {
  readonly kind: "pin";
  /** Real and absolute, of a folder that is the module's own: its name there. */
  readonly path: string;
  readonly own: boolean;
}

/** One of the things that are granted or not. */
export interface SwitchUse {
  readonly kind:
    | "stdout"
    | "stderr"
    | "clock"
    | "random"
    | "arguments"
    | "metrics"
    | "kallsyms"
    | "test-run"
    | "stats"
    | "freeze";
}

/** A variable of the environment. */
export interface EnvironmentUse {
  readonly kind: "environment";
  readonly name: string;
}

/** A file of the host. */
export interface FileUse {
  readonly kind: "file";
  /** Real and absolute. */
  readonly path: string;
  readonly access: FileAccess;
}

/** The symbols of a binary. */
export interface SymbolsUse {
  readonly kind: "symbols";
  /** Real and absolute. */
  readonly path: string;
}

/** A counted bound: what would be in use if this were let through. */
export interface QuotaUse {
  readonly kind: "quota";
  readonly quota: "programs" | "instructions" | "maps" | "mapBytes";
  readonly amount: number;
}

/** One thing that a module does, would do or asks for: the vocabulary that analysis, manifest, decision, audit, `generate`, `explain` and `diff` share. */
export type Use =
  | ProgramUse
  | AttachUse
  | HelperUse
  | KfuncUse
  | EffectUse
  | MapUse
  | PinUse
  | SwitchUse
  | EnvironmentUse
  | FileUse
  | SymbolsUse
  | QuotaUse;
