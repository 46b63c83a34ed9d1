import type { MapProperty } from "../backend/backend.js";
import type { ImportContext } from "./context.js";
import { bpfError } from "./errno.js";
import { MAX_PATH, readText, writeText } from "./text.js";

/** `map_set`'s second argument (docs/abi.md). */
const PROPERTIES: Readonly<{ [what: number]: MapProperty }> = {
  1: "type",
  2: "keySize",
  3: "valueSize",
  4: "maxEntries",
  5: "flags",
  6: "numaNode",
  7: "extra",
  8: "autocreate",
};

/** What of `map_*` is for before the load, and the registering of struct_ops; see docs/abi.md. */
export function mapControlImports(context: ImportContext) {
  const { memory, handles } = context;
  return {
    map_name: context.cold("map_name", (map, buf, cap) =>
      writeText(memory, handles.get(map, "map").name, buf, cap, "map_name's buffer"),
    ),
    map_set: context.cold("map_set", (map, what, value) => {
      const target = handles.get(map, "map");
      const property = PROPERTIES[what];
      if (property === undefined) throw bpfError("EINVAL", `map_set knows no property ${what}`);
      target.set(property, property === "extra" ? wide(value) : BigInt(value >>> 0));
      return 0;
    }),
    map_reuse_pin: context.cold("map_reuse_pin", (map, path, length) => {
      const target = handles.get(map, "map");
      target.reusePin(readText(memory, path, length, "the pin's path", MAX_PATH));
      return 0;
    }),
    map_attach_struct_ops: context.cold("map_attach_struct_ops", (map) => {
      const link = handles.get(map, "map").attachStructOps();
      return context.adopt("link", link, handles.ownerOf(map), () => link.destroy());
    }),
  };

  /** A u64 in the module's memory. */
  function wide(pointer: number): bigint {
    const bytes = memory.bytes(pointer, 8, "map_set's value");
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  }
}
