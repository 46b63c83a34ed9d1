import type { Effect } from "./effect.js";

/** Where a file may be seen by a module, and how far. */
export type FileAccess = "read" | "write";

/** One grant of programs. */
export interface ProgramGrantDocument {
  /** A name of {@link PROGRAM_TYPES}. */
  readonly type: string;
  /** Glob patterns of attach targets. Absent: the programs may be loaded and attached nowhere. */
  readonly targets?: readonly string[];
  /** Absent: every mode of the type. */
  readonly modes?: readonly string[];
  /** Whether programs that may sleep (`SEC("….s/…")`) are meant as well. Default: false. */
  readonly sleepable?: boolean;
}

/** What may be asked for and granted: the same shape in the manifest of a module, in a policy file and in what an analysis finds. */
export interface PermissionsDocument {
  readonly programs?: {
    readonly allow?: readonly ProgramGrantDocument[];
    /** Most programs loaded at once. */
    readonly max?: number;
    /** Most BPF instructions of all loaded programs together. */
    readonly maxInstructions?: number;
    readonly helpers?: {
      /** Glob patterns. Absent: every helper without an {@link Effect}. */
      readonly allow?: readonly string[];
      readonly deny?: readonly string[];
    };
    /** Glob patterns of functions of the kernel that programs may call. Absent: none. */
    readonly kfuncs?: readonly string[];
    readonly enforcement?: readonly Effect[];
    /** `BPF_PROG_TEST_RUN`. */
    readonly testRun?: boolean;
    /** Run statistics, which the kernel then takes of every program of the system. */
    readonly stats?: boolean;
  };
  readonly maps?: {
    /** Types as libbpf names them, such as `hash`; glob patterns. */
    readonly types?: readonly string[];
    readonly max?: number;
    /** Of kernel memory, in bytes, or with a unit: `64Ki`, `16Mi`. */
    readonly maxBytes?: number | string;
    /** Making maps at run time. */
    readonly create?: boolean;
    readonly freeze?: boolean;
  };
  /** Names, as glob patterns, under the module's own folder of the BPF file system. */
  readonly pins?: {
    readonly own?: readonly string[];
    /** Pins of others, by path as glob pattern, whose maps may be used. */
    readonly shared?: readonly string[];
  };
  readonly host?: {
    readonly stdout?: boolean;
    readonly stderr?: boolean;
    readonly clock?: boolean;
    readonly random?: boolean;
    readonly arguments?: boolean;
    /** Names of variables, as glob patterns. */
    readonly environment?: readonly string[];
    readonly files?: readonly { readonly path: string; readonly access: FileAccess }[];
    readonly metrics?: boolean;
    readonly kallsyms?: boolean;
    /** Binaries whose symbols may be read, by path as glob pattern. */
    readonly symbols?: readonly string[];
  };
}

/** Bounds that only a policy sets. Durations are numbers of milliseconds, or with a unit: `500ms`, `30s`, `5m`, `1h`. */
export interface LimitsDocument {
  readonly memory?: number | string;
  readonly stack?: number | string;
  /** Of the module's thread, in all. */
  readonly cpu?: number | string;
  /** Between two waits. */
  readonly callback?: number | string;
  /** From the start to the end. */
  readonly wall?: number | string;
  readonly eventsPerSecond?: number;
  readonly handles?: number;
  readonly outputBytesPerSecond?: number | string;
}

/** A policy file. */
export interface PolicyDocument extends PermissionsDocument {
  readonly version: 1;
  readonly name?: string;
  readonly description?: string;
  /** A policy file, relative to this one, that this one adds to and whose limits it may lower. One level: it may not extend another. */
  readonly extends?: string;
  /** `audit`: everything runs, and what would have been denied is recorded. Default: `enforce`. */
  readonly mode?: "audit" | "enforce";
  readonly limits?: LimitsDocument;
}
