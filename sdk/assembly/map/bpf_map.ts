import { pinAt, reusePin, unpinAt } from "../abi/calls";
import { map_attach_struct_ops, map_info, map_set } from "../abi/wbpf";
import { map_freeze, map_id } from "../abi/wbpf_maps";
import { errno } from "../errors/errno";
import { clearLastError } from "../errors/last_error";
import { BpfLink } from "../link/bpf_link";
import { BpfObject } from "../object/bpf_object";

/** Flags of an update: `BPF_ANY`, `BPF_NOEXIST`, `BPF_EXIST` of `include/uapi/linux/bpf.h`. */
export namespace flags {
  /** Create the element or replace it. */
  export const ANY: i32 = 0;
  /** Only create it: `-EEXIST` if it is there. */
  export const NOEXIST: i32 = 1;
  /** Only replace it: `-ENOENT` if it is not there. */
  export const EXIST: i32 = 2;
  /** `BPF_F_LOCK` (kernel 5.1), of a value with a `struct bpf_spin_lock`: no program is in the middle of writing it. Also of lookups. */
  export const LOCK: i32 = 4;
}

/** Words that `map_info` writes (docs/abi.md). */
const INFO_WORDS: i32 = 6;
const info: usize = memory.data(INFO_WORDS << 2, 4);
const wide: usize = memory.data(8, 8);

/** `what` of `map_set` (docs/abi.md). */
enum Property {
  TYPE = 1,
  KEY_SIZE,
  VALUE_SIZE,
  MAX_ENTRIES,
  FLAGS,
  NUMA_NODE,
  EXTRA,
  AUTOCREATE,
}

/**
 * A `bpf_map`: one map of an object. This class is what all kinds have in common; a skeleton has the class of each map's kind.
 *
 * Calls return 0 or a negative errno, or a view and null; {@link error} has the errno of the latest that failed, `lastError()` the sentence where the errno alone
 * does not say everything.
 */
export class BpfMap {
  /** The negative errno of the latest call that failed; `-ENOENT` after a lookup that found nothing. */
  error: i32 = 0;
  private found: i32 = 0;

  /**
   * @param name in the C source
   * @param keySize bytes of a key, from BTF
   * @param valueSize bytes of a value, from BTF
   */
  constructor(
    readonly object: BpfObject,
    readonly name: string,
    readonly keySize: i32,
    readonly valueSize: i32,
  ) {}

  /** The host's handle, or a negative errno. */
  get handle(): i32 {
    const found = this.found;
    return found > 0 && !this.object.closed ? found : this.find();
  }

  private find(): i32 {
    const found = this.object.findMap(this.name);
    if (found > 0) this.found = found;
    else this.error = found;
    return found;
  }

  /** `enum bpf_map_type`, or a negative errno. */
  get type(): i32 {
    return this.info(0);
  }

  /** Most elements that it holds, or a negative errno; `bpf_map__max_entries`. */
  get maxEntries(): i32 {
    return this.info(3);
  }

  /** Bytes that a lookup writes: of a per-CPU map the values of all CPUs. Or a negative errno. */
  get valueBytes(): i32 {
    return this.info(5);
  }

  /** `enum bpf_map_type`; `bpf_map__set_type`. As all that is set: before the load, else `-EBUSY`. */
  setType(type: u32): i32 {
    return this.configure(Property.TYPE, type);
  }

  /** In bytes; `bpf_map__set_key_size`. */
  setKeySize(size: u32): i32 {
    return this.configure(Property.KEY_SIZE, size);
  }

  /** In bytes; `bpf_map__set_value_size`. */
  setValueSize(size: u32): i32 {
    return this.configure(Property.VALUE_SIZE, size);
  }

  /** Most elements, or the bytes of a ring buffer; `bpf_map__set_max_entries`. */
  setMaxEntries(count: u32): i32 {
    return this.configure(Property.MAX_ENTRIES, count);
  }

  /** `BPF_F_*` of BPF_MAP_CREATE; `bpf_map__set_map_flags`. */
  setMapFlags(flags: u32): i32 {
    return this.configure(Property.FLAGS, flags);
  }

  /** With the flag `BPF_F_NUMA_NODE`; `bpf_map__set_numa_node`. */
  setNumaNode(node: u32): i32 {
    return this.configure(Property.NUMA_NODE, node);
  }

  /** Of a bloom filter the number of hash functions; `bpf_map__set_map_extra`. Linux 5.16. */
  setMapExtra(extra: u64): i32 {
    store<u64>(wide, extra);
    return this.configure(Property.EXTRA, <u32>wide);
  }

  /** Whether it is made at all; `bpf_map__set_autocreate`. */
  setAutocreate(autocreate: bool): i32 {
    return this.configure(Property.AUTOCREATE, autocreate ? 1 : 0);
  }

  /** Uses the map that is pinned at a path instead of making one; `bpf_obj_get` and `bpf_map__reuse_fd`. Before the load. */
  reusePin(path: string): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    return this.finished(reusePin(handle, path));
  }

  /** Pins it in a BPF file system, where it outlives the module; `bpf_map__pin`. */
  pin(path: string): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    return this.finished(pinAt(handle, path));
  }

  /** Takes away a pin that this map made, or was found by; `bpf_map__unpin`. */
  unpin(path: string): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    return this.finished(unpinAt(handle, path));
  }

  /** Registers a struct_ops map with the kernel, such as a TCP congestion control; `bpf_map__attach_struct_ops`. Null after a failure. Linux 5.6. */
  attachStructOps(): BpfLink | null {
    const handle = this.handle;
    if (handle < 0) return null;
    clearLastError();
    const link = map_attach_struct_ops(handle);
    if (link < 0) {
      this.failed(link);
      return null;
    }
    return new BpfLink(link);
  }

  private configure(what: i32, value: u32): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    return this.finished(map_set(handle, what, value));
  }

  private finished(result: i32): i32 {
    if (result < 0) this.error = result;
    return result;
  }

  /** The kernel's own number of the loaded map, or a negative errno. A map of maps tells what it holds by it. */
  get id(): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    const id = map_id(handle);
    return id < 0 ? this.failed(id) : id;
  }

  /** From now on only BPF programs write it; `bpf_map_freeze`. 0, `-EBUSY` if it is frozen already or a live map, or another negative errno. Linux 5.2. */
  freeze(): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    const result = map_freeze(handle);
    return result < 0 ? this.failed(result) : result;
  }

  private info(word: i32): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    const written = map_info(handle, info, INFO_WORDS << 2);
    return written < 0 ? this.failed(written) : load<i32>(info + ((<usize>word) << 2));
  }

  /** Notes the errno of a call that failed, and returns it. */
  protected failed(error: i32): i32 {
    this.error = error;
    if (error != -errno.ENOENT && error != -errno.EEXIST) clearLastError();
    return error;
  }
}
