import type { PermissionsDocument } from "../model/document.js";
import type { Permissions } from "../model/policy.js";
import type { SwitchUse } from "../model/use.js";

/** What a function that a module imports needs. */
export type ImportNeed =
  /** One of the things that are granted or not. */
  | { readonly kind: "switch"; readonly use: SwitchUse["kind"] }
  /** Either of the two output streams. */
  | { readonly kind: "output" }
  /** Any grant at all of such a kind: which one it takes is seen when it is called. */
  | { readonly kind: "any"; readonly of: "programs" | "maps" | "pins" | "objects" | "symbols" };

const PROGRAMS: ImportNeed = { kind: "any", of: "programs" };
const MAPS: ImportNeed = { kind: "any", of: "maps" };
const PINS: ImportNeed = { kind: "any", of: "pins" };
const OBJECTS: ImportNeed = { kind: "any", of: "objects" };
const its = (use: SwitchUse["kind"]): ImportNeed => ({ kind: "switch", use });

/** Functions that are not listed need nothing: what they work on was got by one that is, or they tell nothing and change nothing. */
const NEEDS: Readonly<Record<string, Readonly<Record<string, ImportNeed>>>> = {
  wbpf: {
    object_open: OBJECTS,
    object_load: OBJECTS,
    map_set: MAPS,
    map_reuse_pin: PINS,
    map_attach_struct_ops: PROGRAMS,
    map_freeze: its("freeze"),
    program_attach: PROGRAMS,
    program_attach_to: PROGRAMS,
    program_set_attach_target: PROGRAMS,
    program_test_run: its("test-run"),
    link_open: PINS,
    pin: PINS,
    stats_enable: its("stats"),
    probe_map_type: MAPS,
    probe_program_type: PROGRAMS,
    probe_helper: PROGRAMS,
    kernel_symbols: its("kallsyms"),
    user_symbols: { kind: "any", of: "symbols" },
    metric_open: its("metrics"),
  },
  wasm_bpf: {
    wasm_load_bpf_object: OBJECTS,
    wasm_attach_bpf_program: PROGRAMS,
    wasm_bpf_buffer_poll: MAPS,
  },
  "callback-wrapper": { wasm_bpf_buffer_poll: MAPS },
  wasi_snapshot_preview1: {
    args_get: its("arguments"),
    args_sizes_get: its("arguments"),
    clock_res_get: its("clock"),
    clock_time_get: its("clock"),
    random_get: its("random"),
    fd_write: { kind: "output" },
  },
};

/** What a function needs; `undefined`: nothing. */
export function needOfImport(module: string, name: string): ImportNeed | undefined {
  const functions = Object.hasOwn(NEEDS, module) ? NEEDS[module] : undefined;
  return functions !== undefined && Object.hasOwn(functions, name) ? functions[name] : undefined;
}

/** Whether permissions hold any grant of a kind. */
export function grantsAny(
  { programs, mapTypes, ownPins, sharedPins, symbols }: Permissions,
  of: (ImportNeed & { kind: "any" })["of"],
): boolean {
  switch (of) {
    case "programs":
      return programs.length > 0;
    case "maps":
      return mapTypes.length > 0;
    case "objects":
      return programs.length > 0 || mapTypes.length > 0;
    case "pins":
      return ownPins.length > 0 || sharedPins.length > 0;
    case "symbols":
      return symbols.length > 0;
  }
}

/** Where a grant of a kind stands in a policy, for a message. */
export const PLACES: Readonly<Record<(ImportNeed & { kind: "any" })["of"], string>> = {
  programs: "programs.allow",
  maps: "maps.types",
  objects: "programs.allow or maps.types",
  pins: "pins.own or pins.shared",
  symbols: "host.symbols",
};

/** What a module needs for its output: one stream is enough to link it, and the other answers "not capable". */
export const OUTPUT_GRANT: PermissionsDocument = { host: { stdout: true, stderr: true } };
