import type { BackendMap } from "../backend/backend.js";
import type { ImportContext } from "./context.js";
import { elementsOf } from "./elements.js";
import { bpfError } from "./errno.js";
import { explainCall, saysEverything } from "./map-errors.js";

/** `map_*`, see docs/abi.md. */
export function mapImports(context: ImportContext) {
  const { memory, handles } = context;

  /** What a hot call returns. Text is made only for a failure whose errno does not say everything. */
  const hot = (name: string, map: BackendMap, result: number): number =>
    result >= 0 || saysEverything(result)
      ? result
      : context.fail(-result, explainCall(name, map, -result));

  return {
    map_info: context.cold("map_info", (handle, out, cap) => {
      const { info } = handles.get(handle, "map");
      const fields = [
        info.type,
        info.keySize,
        info.valueSize,
        info.maxEntries,
        info.flags,
        info.valueBytes,
      ];
      const words = new DataView(new ArrayBuffer(4 * fields.length));
      fields.forEach((value, i) => {
        words.setUint32(4 * i, value, true);
      });
      const length = Math.min(cap >>> 0, words.byteLength);
      memory.bytes(out, length, "map_info's buffer").set(new Uint8Array(words.buffer, 0, length));
      return length;
    }),
    map_initial_value: context.cold("map_initial_value", (handle, offset, dst, length) => {
      const map = handles.get(handle, "map");
      const target = memory.bytes(dst, length, "map_initial_value's buffer");
      const value = map.initialValue();
      const start = offset >>> 0;
      if (start + target.length > value.length) {
        throw bpfError("EINVAL", outside(map, start, target.length, value.length));
      }
      target.set(value.subarray(start, start + target.length));
      return 0;
    }),
    map_set_initial_value: context.cold("map_set_initial_value", (handle, offset, src, length) => {
      const map = handles.get(handle, "map");
      map.setInitialValue(offset >>> 0, memory.bytes(src, length, "the initial value"));
      return 0;
    }),
    map_lookup: (handle: number, key: number, value: number, flags: number): number => {
      try {
        const map = handles.find(handle, "map");
        if (map === undefined) return context.badHandle(handle, "map");
        return hot("map_lookup", map, elementsOf(map).lookup(key >>> 0, value >>> 0, flags >>> 0));
      } catch (error) {
        return context.recover("map_lookup", error);
      }
    },
    map_update: (handle: number, key: number, value: number, flags: number): number => {
      try {
        const map = handles.find(handle, "map");
        if (map === undefined) return context.badHandle(handle, "map");
        return hot("map_update", map, elementsOf(map).update(key >>> 0, value >>> 0, flags >>> 0));
      } catch (error) {
        return context.recover("map_update", error);
      }
    },
    map_delete: (handle: number, key: number): number => {
      try {
        const map = handles.find(handle, "map");
        if (map === undefined) return context.badHandle(handle, "map");
        return hot("map_delete", map, elementsOf(map).delete(key >>> 0));
      } catch (error) {
        return context.recover("map_delete", error);
      }
    },
    map_next_key: (handle: number, key: number, next: number): number => {
      try {
        const map = handles.find(handle, "map");
        if (map === undefined) return context.badHandle(handle, "map");
        return hot("map_next_key", map, elementsOf(map).nextKey(key >>> 0, next >>> 0));
      } catch (error) {
        return context.recover("map_next_key", error);
      }
    },
  };
}

function outside(map: BackendMap, start: number, length: number, size: number): string {
  return `bytes ${start} to ${start + length} leave the initial value of map '${map.name}', which has ${size}`;
}
