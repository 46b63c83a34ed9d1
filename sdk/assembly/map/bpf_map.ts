import { addressOf } from "../abi/memory";
import { map_info } from "../abi/wbpf";
import { errno } from "../errors/errno";
import { clearLastError } from "../errors/last_error";
import { BpfObject } from "../object/bpf_object";

/** Flags of an update: `BPF_ANY`, `BPF_NOEXIST`, `BPF_EXIST` of `include/uapi/linux/bpf.h`. */
export namespace flags {
  /** Create the element or replace it. */
  export const ANY: i32 = 0;
  /** Only create it: `-EEXIST` if it is there. */
  export const NOEXIST: i32 = 1;
  /** Only replace it: `-ENOENT` if it is not there. */
  export const EXIST: i32 = 2;
}

/** Words that `map_info` writes (docs/abi.md). */
const INFO_WORDS: i32 = 6;
const info = new StaticArray<u32>(INFO_WORDS);

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

  private info(word: i32): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    const written = map_info(handle, addressOf(info), INFO_WORDS << 2);
    return written < 0 ? this.failed(written) : <i32>unchecked(info[word]);
  }

  /** Notes the errno of a call that failed, and returns it. */
  protected failed(error: i32): i32 {
    this.error = error;
    if (error != -errno.ENOENT && error != -errno.EEXIST) clearLastError();
    return error;
  }
}
