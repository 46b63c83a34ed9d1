/**
 * The functions of `abi/wbpf.ts`, in this module itself, over the six functions of the published `wasm_bpf` ABI. `wbpf build --portable` puts this file in the
 * place of that one, so that the rest of the SDK and every tool stay as they are. What is declared there and missing here cannot be expressed by the six.
 *
 * @module
 */
import { lastText } from "./failure";

export { buffer_close, buffer_open, buffer_open_with, buffer_poll, buffer_wait } from "./buffers";
export {
  map_delete,
  map_info,
  map_initial_value,
  map_live,
  map_live_info,
  map_lookup,
  map_next_key,
  map_set_initial_value,
  map_update,
} from "./maps";
export {
  object_close,
  object_find_map,
  object_find_program,
  object_load,
  object_open,
  program_attach,
} from "./objects";

export function last_error(buf: usize, cap: i32): i32 {
  const text = String.UTF8.encode(lastText());
  memory.copy(buf, changetype<usize>(text), min<u32>(cap, text.byteLength));
  return text.byteLength;
}
