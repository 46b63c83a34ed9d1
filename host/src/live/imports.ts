import type { BackendMap } from "../backend/backend.js";
import type { ImportContext } from "../imports/context.js";
import { bpfError } from "../imports/errno.js";

/** Words that `map_live_info` writes. */
const INFO_WORDS = 2;

/** `map_live_info` and `map_live`, see docs/abi.md. */
export function liveImports(context: ImportContext) {
  const { memory, handles } = context;

  return {
    map_live_info: context.cold("map_live_info", (handle, out, cap) => {
      const map = handles.get(handle, "map");
      if (map.liveLayout === undefined) throw notHere(map);
      const { size, alignment } = map.liveLayout();
      const words = new DataView(new ArrayBuffer(4 * INFO_WORDS));
      // A map larger than all of a module's memory has no place in it.
      if (size >= 2 ** 32) throw bpfError("ENOMEM", `map '${map.name}' is too large for it`);
      words.setUint32(0, size, true);
      words.setUint32(4, alignment, true);
      const length = Math.min(cap >>> 0, words.byteLength);
      memory
        .bytes(out, length, "map_live_info's buffer")
        .set(new Uint8Array(words.buffer, 0, length));
      return length;
    }),
    map_live: context.cold("map_live", (handle, address) => {
      const map = handles.get(handle, "map");
      if (map.mapLive === undefined) throw notHere(map);
      map.mapLive(address >>> 0);
      return 0;
    }),
  };
}

function notHere(map: BackendMap) {
  return bpfError("ENOSYS", `the backend cannot map '${map.name}' into the module's memory`);
}
