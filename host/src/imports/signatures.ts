const i32 = (parameters: number): string => `${"i".repeat(parameters)}:i`;

/** The functions of the import module `wbpf`, version 1 (docs/abi.md), with their types as {@link WasmImport} writes them. */
export const WBPF_SIGNATURES = {
  last_error: i32(2),
  object_open: i32(4),
  object_load: i32(1),
  object_close: i32(1),
  object_find_map: i32(3),
  object_find_program: i32(3),
  map_info: i32(3),
  map_initial_value: i32(4),
  map_set_initial_value: i32(4),
  map_lookup: i32(4),
  map_update: i32(4),
  map_delete: i32(2),
  map_next_key: i32(3),
  map_live_info: i32(3),
  map_live: i32(2),
  program_attach: i32(1),
  link_destroy: i32(1),
  buffer_open: i32(1),
  buffer_poll: i32(4),
  buffer_wait: i32(4),
  buffer_close: i32(1),
} as const;

/** The name of a function that a module may import from `wbpf`. */
export type WbpfFunction = keyof typeof WBPF_SIGNATURES;
