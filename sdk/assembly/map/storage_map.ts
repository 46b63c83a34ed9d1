import { storageDelete, storageLookup, storageUpdate } from "../abi/map_calls";
import { addressOf, viewAt } from "../abi/memory";
import { map_storage_delete, map_storage_lookup, map_storage_update } from "../abi/wbpf_maps";
import { BpfObject } from "../object/bpf_object";
import { BpfMap } from "./bpf_map";

/** What storage maps have in common: values that live and die with something of the kernel's. */
export abstract class StorageMap<V> extends BpfMap {
  protected readonly valueBuffer: usize;

  constructor(object: BpfObject, name: string, valueSize: i32) {
    super(object, name, 4, valueSize);
    this.valueBuffer = heap.alloc(valueSize);
  }

  /** A view of the value that was copied, or null after a failure. */
  protected valueAfter(result: i32): V | null {
    if (result < 0) {
      this.failed(result);
      return null;
    }
    return viewAt<V>(this.valueBuffer);
  }

  /** Notes a failure. */
  protected noted(result: i32): i32 {
    return result < 0 ? this.failed(result) : result;
  }
}

/** A `TASK_STORAGE` (kernel 5.11 or newer): a value for each process, known by its process id. `V` is a view. */
export class TaskStorage<V> extends StorageMap<V> {
  private readonly owner: StaticArray<u32> = new StaticArray<u32>(1);

  /** A view of a copy of a process's value, valid until the next lookup in this map; or null: it has none, or {@link error} says why. */
  lookup(pid: u32): V | null {
    const handle = this.handle;
    if (handle < 0) return null;
    return this.valueAfter(map_storage_lookup(handle, this.of(pid), 4, this.valueBuffer));
  }

  /** Stores a process's value. 0, `-ESRCH` if there is no such process, or another negative errno. */
  update(pid: u32, value: V, how: i32 = 0): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    return this.noted(map_storage_update(handle, this.of(pid), 4, addressOf(value), how));
  }

  /** Deletes a process's value. 0, `-ENOENT`, or another negative errno. */
  delete(pid: u32): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    return this.noted(map_storage_delete(handle, this.of(pid), 4));
  }

  private of(pid: u32): usize {
    unchecked((this.owner[0] = pid));
    return addressOf(this.owner);
  }
}

/** A `CGRP_STORAGE` (kernel 6.2 or newer) or an `INODE_STORAGE` (5.10): a value for each cgroup or file, known by its path. `V` is a view. */
export class PathStorage<V> extends StorageMap<V> {
  /** A view of a copy of the value, valid until the next lookup in this map; or null: there is none, or {@link error} says why. */
  lookup(path: string): V | null {
    const handle = this.handle;
    if (handle < 0) return null;
    return this.valueAfter(storageLookup(handle, path, this.valueBuffer));
  }

  /** Stores the value. 0, `-ENOENT` if nothing is at the path, or another negative errno. */
  update(path: string, value: V, how: i32 = 0): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    return this.noted(storageUpdate(handle, path, addressOf(value), how));
  }

  /** Deletes the value. 0, `-ENOENT`, or another negative errno. */
  delete(path: string): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    return this.noted(storageDelete(handle, path));
  }
}
