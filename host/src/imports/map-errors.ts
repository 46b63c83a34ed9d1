import type { BackendMap } from "../backend/backend.js";
import { errno, errnoName } from "./errno.js";

const { ENOENT, EEXIST, EFAULT, EBADF, E2BIG, EINVAL, EPERM, EOPNOTSUPP } = errno;
/** Of the kernel alone: `include/linux/errno.h`. */
const ENOTSUPP = 524;

/** Whether the errno of a map call needs no sentence. */
export const saysEverything = (result: number): boolean => result === -ENOENT || result === -EEXIST;

/** What a module may call instead, by `enum bpf_map_type`, where the kernel takes an element for a file descriptor. */
const INSTEAD: Readonly<{ [type: number]: string }> = {
  3: "its values are programs; call map_update_program",
  4: "its values are perf events; buffer_open fills it",
  8: "its values are cgroups; call map_update_cgroup",
  12: "its values are maps; call map_update_map",
  13: "its values are maps; call map_update_map",
  14: "its values name programs; call map_update_redirect",
  15: "its values are sockets, which only BPF programs can add",
  16: "its values name programs; call map_update_redirect",
  17: "its values are sockets of the host, which a module has none of",
  18: "its values are sockets, which only BPF programs can add",
  20: "its values are sockets of the host, which a module has none of",
  24: "its keys are sockets, which only BPF programs reach",
  25: "its values name programs; call map_update_redirect",
  26: "its value names programs; call map_attach_struct_ops",
  28: "its keys are files; call map_storage_lookup, _update or _delete with a path",
  29: "its keys are processes; call map_storage_lookup, _update or _delete with a process id",
  32: "its keys are cgroups; call map_storage_lookup, _update or _delete with a path",
};

/** One sentence for a call on a map that failed. */
export function explainCall(call: string, map: BackendMap, number: number): string {
  const { type, keySize, valueBytes, maxEntries } = map.info;
  const reason = (() => {
    switch (number) {
      case EFAULT:
        return `its key (${keySize} bytes) or its value (${valueBytes} bytes) lies outside the module's memory`;
      case EBADF:
        return "its object is not loaded; call object_load first";
      case E2BIG:
        return `it is full: it holds ${maxEntries}; raise max_entries or delete what is old`;
      case EINVAL:
        return "the kernel refuses the call for this type of map or with these flags";
      case EPERM:
        return INSTEAD[type] ?? "it is frozen, or its flags keep it from being read or written";
      case EOPNOTSUPP:
      case ENOTSUPP:
        return "maps of this type have no such operation in this kernel";
      default:
        return "the kernel refuses it";
    }
  })();
  const name = number === ENOTSUPP ? "ENOTSUPP" : errnoName(number);
  return `${call} on map '${map.name}': ${reason} (${name})`;
}
