import { command, wasm_bpf_map_fd_by_name, wasm_bpf_map_operate } from "../abi/wasm_bpf";
import { errno } from "../errors/errno";
import { failed, failedCall, unsupported } from "./failure";
import { find, HeldMap, HeldSection } from "./held";
import { terminated } from "./text";

/** `enum bpf_map_type`: the kinds whose lookups give a value for each CPU, of which this ABI cannot say how many there are. */
const PERCPU_HASH: i32 = 5;
const PERCPU_ARRAY: i32 = 6;
const LRU_PERCPU_HASH: i32 = 10;
/** Patterns that are tried as a key that no element has. */
const PATTERNS: i32 = 256;
/** Words of `map_info`. */
const INFO_WORDS: i32 = 6;

let scratch: usize = 0;
let scratchSize: i32 = 0;

/** Bytes that nobody keeps anything in. */
function room(size: i32): usize {
  if (size > scratchSize) {
    if (scratch != 0) heap.free(scratch);
    scratch = heap.alloc(size);
    scratchSize = size;
  }
  return scratch;
}

/** The host's number for a map, or a negative errno. */
export function resolveMap(map: HeldMap): i32 {
  if (map.fd >= 0) return map.fd;
  if (map.object.handle == 0 || map.object.closed) {
    return failed(-errno.EBADF, `map '${map.name}' is not there: its object is not loaded`);
  }
  const text = terminated(map.name);
  const fd = wasm_bpf_map_fd_by_name(map.object.handle, changetype<usize>(text));
  if (fd < 0) return failedCall(`there is no map '${map.name}'`, fd);
  map.fd = fd;
  return fd;
}

function operate(map: i32, cmd: i32, key: usize, value: usize, next: usize, flags: u64): i32 {
  const found = find<HeldMap>(map);
  if (found === null) return -errno.EBADF;
  const fd = resolveMap(found);
  return fd < 0 ? fd : wasm_bpf_map_operate(fd, cmd, key, value, next, flags);
}

export function map_lookup(map: i32, key: usize, value: usize, flags: i32): i32 {
  return operate(map, command.LOOKUP, key, value, 0, <u64>flags);
}

export function map_update(map: i32, key: usize, value: usize, flags: i32): i32 {
  return operate(map, command.UPDATE, key, value, 0, <u64>flags);
}

export function map_delete(map: i32, key: usize): i32 {
  return operate(map, command.DELETE, key, 0, 0, 0);
}

export function map_next_key(map: i32, key: usize, next: usize): i32 {
  if (key != 0) return operate(map, command.NEXT_KEY, key, 0, next, 0);
  const found = find<HeldMap>(map);
  if (found === null) return -errno.EBADF;
  const absent = absentKey(map, found);
  if (absent == 0)
    return failed(
      -errno.EOPNOTSUPP,
      `map '${found.name}' has every key that was tried as a beginning`,
    );
  return operate(map, command.NEXT_KEY, absent, 0, next, 0);
}

/** This ABI has no "first key", but the kernel begins at the first after a key that no element has. Its address, or 0. */
function absentKey(map: i32, found: HeldMap): usize {
  const keySize = found.facts.keySize;
  const key = room(((keySize + 7) & ~7) + found.facts.valueSize);
  const value = key + ((keySize + 7) & ~7);
  for (let pattern = PATTERNS - 1; pattern >= 0; pattern--) {
    memory.fill(key, <u8>pattern, keySize);
    if (operate(map, command.LOOKUP, key, value, 0, 0) < 0) return key;
  }
  return 0;
}

export function map_info(map: i32, out: usize, cap: i32): i32 {
  const found = find<HeldMap>(map);
  if (found === null) return failed(-errno.EBADF, "that is not the handle of a map");
  const facts = found.facts;
  const type = facts.type;
  if (type == PERCPU_HASH || type == PERCPU_ARRAY || type == LRU_PERCPU_HASH) {
    return unsupported(`per-CPU map '${found.name}'`);
  }
  const words = new StaticArray<i32>(INFO_WORDS);
  words[0] = type;
  words[1] = facts.keySize;
  words[2] = facts.valueSize;
  words[3] = facts.maxEntries;
  words[4] = facts.flags;
  words[5] = facts.valueSize;
  const length = min<u32>(cap, INFO_WORDS << 2);
  memory.copy(out, changetype<usize>(words), length);
  return length;
}

/** The address of part of a section's initial value, 0 if it is all zeros, or -1: outside. */
function initial(found: HeldSection, offset: i32, length: i32): isize {
  const section = found.section;
  if (section === null || <u64>(<u32>offset) + <u64>(<u32>length) > <u64>section.size) return -1;
  return section.address == 0 ? 0 : <isize>(section.address + <usize>offset);
}

export function map_initial_value(map: i32, offset: i32, dst: usize, len: i32): i32 {
  const found = find<HeldSection>(map);
  if (found === null) return failed(-errno.EINVAL, "that is not a section of global variables");
  const from = initial(found, offset, len);
  if (from < 0) return failed(-errno.EINVAL, `${found.name} has no ${len} bytes at ${offset}`);
  if (from == 0) memory.fill(dst, 0, len);
  else memory.copy(dst, <usize>from, len);
  return 0;
}

/** There is no function for it: the object's own bytes are changed, in this module's memory, before the host gets them. */
export function map_set_initial_value(map: i32, offset: i32, src: usize, len: i32): i32 {
  const found = find<HeldSection>(map);
  if (found === null) return failed(-errno.EINVAL, "that is not a section of global variables");
  if (found.object.handle != 0)
    return failed(-errno.EBUSY, `${found.object.name} is loaded already`);
  const to = initial(found, offset, len);
  if (to < 0) return failed(-errno.EINVAL, `${found.name} has no ${len} bytes at ${offset}`);
  if (to == 0) return unsupported(`an initial value of ${found.name}`);
  memory.copy(<usize>to, src, len);
  return 0;
}

/** No host of this ABI puts a map into a module's memory: the SDK then uses the calls. */
export function map_live_info(_map: i32, _out: usize, _cap: i32): i32 {
  return -errno.ENOSYS;
}

export function map_live(_map: i32, _address: usize): i32 {
  return -errno.ENOSYS;
}
