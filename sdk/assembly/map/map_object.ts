import { BpfObject } from "../object/bpf_object";
import { BpfMap } from "./bpf_map";
import { NAME_IN_BTF, NAME_IN_STRTAB, OBJECT, SIZE } from "./map_object_bytes";

/** `\x7fELF` */
const MAGIC: u32 = 0x464c457f;
/** The kernel's BPF_OBJ_NAME_LEN, without the NUL. */
const LONGEST: i32 = 15;

/** The object, with its map called `name`. libbpf copies it when it opens it, so there is one for all. */
function objectOf(name: string): usize {
  store<u32>(OBJECT, MAGIC);
  memory.fill(OBJECT + NAME_IN_BTF, 0, LONGEST);
  memory.fill(OBJECT + NAME_IN_STRTAB, 0, LONGEST);
  const length = min(name.length, LONGEST);
  for (let i = 0; i < length; i++) {
    const char = <u8>name.charCodeAt(i);
    store<u8>(OBJECT + NAME_IN_BTF + i, char);
    store<u8>(OBJECT + NAME_IN_STRTAB + i, char);
  }
  return OBJECT;
}

/**
 * A map that no object declares, made at run time; `bpf_map_create`. It is an object with that map alone: whatever is set of a map before the load can be set of
 * {@link map}, `load` makes it, `destroy` gives it back. The class of its kind gives access:
 *
 * ```ts
 * const made = new MapObject("seen", 1, 4, 8, 1024); // BPF_MAP_TYPE_HASH
 * const seen = new ScalarHashMap<u32, u64>(made, "seen", 4, 8);
 * if (made.load() < 0) return fail();
 * seen.set(1, 2);
 * ```
 */
export class MapObject extends BpfObject {
  private only: BpfMap | null = null;

  /**
   * @param name at most 15 characters of ASCII: letters, digits, `_` and `.`
   * @param type `enum bpf_map_type`
   * @param keySize in bytes
   * @param valueSize in bytes
   * @param mapFlags `BPF_F_*` of BPF_MAP_CREATE
   */
  constructor(
    name: string,
    type: u32,
    keySize: u32,
    valueSize: u32,
    maxEntries: u32,
    mapFlags: u32 = 0,
  ) {
    super(name, objectOf(name), SIZE);
    const map = new BpfMap(this, name, keySize, valueSize);
    map.setType(type);
    map.setKeySize(keySize);
    map.setValueSize(valueSize);
    map.setMaxEntries(maxEntries);
    map.setMapFlags(mapFlags);
    this.only = map;
  }

  /** What all kinds of maps have in common. */
  get map(): BpfMap {
    return this.only as BpfMap;
  }
}
