import type { BackendMap, BatchOperation, StorageOwner } from "../backend/backend.js";
import type { ImportContext } from "./context.js";
import { elementsOf } from "./elements.js";
import { bpfError, errno } from "./errno.js";
import { explainCall, saysEverything } from "./map-errors.js";
import { MAX_PATH, readText } from "./text.js";

const { ENOSPC } = errno;
/** `enum bpf_map_type` */
const TASK_STORAGE = 29;

/** What puts into maps what a module only has as a handle, a path or a process id; see docs/abi.md. */
export function mapValueImports(context: ImportContext) {
  const { memory, handles } = context;

  const told = (name: string, map: BackendMap, result: number): number =>
    result >= 0 || saysEverything(result)
      ? result
      : context.fail(-result, explainCall(name, map, -result));

  /** Whose an element of a storage map is: a `u32` process id, or a path. */
  const ownerOf = (map: BackendMap, pointer: number, length: number): StorageOwner => {
    if (map.info.type !== TASK_STORAGE) {
      return { path: readText(memory, pointer, length, "the path of the owner", MAX_PATH) };
    }
    if (length >>> 0 !== 4) {
      throw bpfError("EINVAL", `map '${map.name}' belongs to tasks: give a process id, 4 bytes`);
    }
    return { pid: memory.getU32(pointer, "the process id of the owner") };
  };

  const batch = (name: string, operation: BatchOperation) => {
    return (handle: number, args: number): number => {
      try {
        const map = handles.find(handle, "map");
        if (map === undefined) return context.badHandle(handle, "map");
        const result = elementsOf(map).batch(operation, args >>> 0);
        // The SDK asks again with room for more.
        return result === -ENOSPC ? result : told(name, map, result);
      } catch (error) {
        return context.recover(name, error);
      }
    };
  };

  return {
    map_lookup_batch: batch("map_lookup_batch", "lookup"),
    map_lookup_and_delete_batch: batch("map_lookup_and_delete_batch", "lookupAndDelete"),
    map_update_batch: batch("map_update_batch", "update"),
    map_delete_batch: batch("map_delete_batch", "delete"),
    map_lookup_and_delete: (handle: number, key: number, value: number, flags: number): number => {
      try {
        const map = handles.find(handle, "map");
        if (map === undefined) return context.badHandle(handle, "map");
        const result = elementsOf(map).lookupAndDelete(key >>> 0, value >>> 0, flags >>> 0);
        return told("map_lookup_and_delete", map, result);
      } catch (error) {
        return context.recover("map_lookup_and_delete", error);
      }
    },
    map_update_map: context.cold("map_update_map", (handle, key, inner, flags) => {
      const map = handles.get(handle, "map");
      const result = map.updateMap(key >>> 0, handles.get(inner, "map"), flags >>> 0);
      return told("map_update_map", map, result);
    }),
    map_update_program: context.cold("map_update_program", (handle, key, program, flags) => {
      const map = handles.get(handle, "map");
      const result = map.updateProgram(key >>> 0, handles.get(program, "program"), flags >>> 0);
      return told("map_update_program", map, result);
    }),
    map_update_cgroup: context.cold("map_update_cgroup", (handle, key, path, length) => {
      const map = handles.get(handle, "map");
      const where = readText(memory, path, length, "the path of the cgroup", MAX_PATH);
      return told("map_update_cgroup", map, map.updateCgroup(key >>> 0, where));
    }),
    map_update_redirect: context.cold("map_update_redirect", (handle, key, target, program) => {
      const map = handles.get(handle, "map");
      const runs = program === 0 ? undefined : handles.get(program, "program");
      const result = map.updateRedirect(key >>> 0, target >>> 0, runs);
      return told("map_update_redirect", map, result);
    }),
    map_storage_lookup: context.cold("map_storage_lookup", (handle, owner, length, value) => {
      const map = handles.get(handle, "map");
      const result = map.storageLookup(ownerOf(map, owner, length), value >>> 0);
      return told("map_storage_lookup", map, result);
    }),
    map_storage_update: context.cold(
      "map_storage_update",
      (handle, owner, length, value, flags) => {
        const map = handles.get(handle, "map");
        const whose = ownerOf(map, owner, length);
        const result = map.storageUpdate(whose, value >>> 0, flags >>> 0);
        return told("map_storage_update", map, result);
      },
    ),
    map_storage_delete: context.cold("map_storage_delete", (handle, owner, length) => {
      const map = handles.get(handle, "map");
      return told("map_storage_delete", map, map.storageDelete(ownerOf(map, owner, length)));
    }),
    map_freeze: context.cold("map_freeze", (handle) => {
      handles.get(handle, "map").freeze();
      return 0;
    }),
    map_id: context.cold("map_id", (handle) => {
      const { name, info } = handles.get(handle, "map");
      if (info.id === undefined) {
        throw bpfError("EBADF", `map '${name}' is not loaded: the kernel has no number for it`);
      }
      return info.id | 0;
    }),
  };
}
