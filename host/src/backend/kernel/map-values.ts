import { closeSync, constants, openSync } from "node:fs";
import type { BackendMap, BackendProgram, StorageOwner } from "../backend.js";
import { cgroupPath } from "./attach/cgroup.js";
import { bpfError, errnoOf } from "./explain/errno.js";
import { native } from "./native.js";

/** `enum bpf_map_type`: the types whose keys or values are file descriptors, and which of the calls here is for them. */
const Type = {
  PROG_ARRAY: 3,
  CGROUP_ARRAY: 8,
  ARRAY_OF_MAPS: 12,
  HASH_OF_MAPS: 13,
  DEVMAP: 14,
  CPUMAP: 16,
  SK_STORAGE: 24,
  DEVMAP_HASH: 25,
  INODE_STORAGE: 28,
  TASK_STORAGE: 29,
  CGRP_STORAGE: 32,
} as const;

const EBADF = 9;
const EINVAL = 22;
const EOPNOTSUPP = 95;
/** Not among Node's constants: `include/uapi/asm-generic/fcntl.h`. Opening a path so has no effect on what lies there. */
const O_PATH = 0o10000000;

const CALLS = {
  updateMap: { types: [Type.ARRAY_OF_MAPS, Type.HASH_OF_MAPS], holds: "maps" },
  updateProgram: { types: [Type.PROG_ARRAY], holds: "programs" },
  updateCgroup: { types: [Type.CGROUP_ARRAY], holds: "cgroups" },
  updateRedirect: {
    types: [Type.DEVMAP, Type.DEVMAP_HASH, Type.CPUMAP],
    holds: "interfaces or CPUs",
  },
} as const;

/** @throws BpfError `EINVAL`: the map does not hold such things */
export function checkHolds(map: BackendMap, call: keyof typeof CALLS): void {
  const { types, holds } = CALLS[call];
  if (!(types as readonly number[]).includes(map.info.type)) {
    throw bpfError(EINVAL, `map '${map.name}' does not hold ${holds} (EINVAL)`);
  }
}

/** Calls with the descriptor of a cgroup, which is closed afterwards. @throws BpfError `ENOENT`, `ENOTDIR` */
export function withCgroup(path: string, call: (fd: number) => number): number {
  return withFile(cgroupPath(path), constants.O_RDONLY | constants.O_DIRECTORY, "cgroup", call);
}

/** Calls with the descriptor of the owner of an element, which is closed afterwards. @throws BpfError `EINVAL`: it cannot own one, `ESRCH`, `ENOENT` */
export function withOwner(
  map: BackendMap,
  owner: StorageOwner,
  call: (fd: number) => number,
): number {
  switch (map.info.type) {
    case Type.TASK_STORAGE:
      if ("pid" in owner) return withProcess(owner.pid, call);
      throw bpfError(EINVAL, `map '${map.name}' belongs to tasks: give a process id (EINVAL)`);
    case Type.CGRP_STORAGE:
      if ("path" in owner) return withCgroup(owner.path, call);
      throw bpfError(EINVAL, `map '${map.name}' belongs to cgroups: give a path (EINVAL)`);
    case Type.INODE_STORAGE:
      if ("path" in owner) return withFile(owner.path, O_PATH, "file", call);
      throw bpfError(EINVAL, `map '${map.name}' belongs to files: give a path (EINVAL)`);
    case Type.SK_STORAGE:
      throw bpfError(
        EOPNOTSUPP,
        `map '${map.name}' belongs to sockets, which only BPF programs reach: a module has none (EOPNOTSUPP)`,
      );
    default:
      throw bpfError(EINVAL, `map '${map.name}' is no storage map (EINVAL)`);
  }
}

/** The descriptor of a program that a map is to hold; 0: none. */
export function programFd(
  program: BackendProgram | undefined,
  descriptorOf: (program: BackendProgram) => number,
): number {
  return program === undefined ? 0 : descriptorOf(program);
}

function withProcess(pid: number, call: (fd: number) => number): number {
  const fd = native().openPidfd(pid);
  if (fd < 0) {
    const { name, text } = errnoOf(-fd);
    const why = name === "ESRCH" ? "there is none with that id" : text;
    throw bpfError(-fd, `cannot reach process ${pid}: ${why} (${name})`);
  }
  try {
    return call(fd);
  } finally {
    native().closeDescriptor(fd);
  }
}

function withFile(path: string, flags: number, what: string, call: (fd: number) => number): number {
  let fd: number;
  try {
    fd = openSync(path, flags);
  } catch (cause) {
    const { errno = -EINVAL } = cause as NodeJS.ErrnoException;
    const { name, text } = errnoOf(-errno);
    throw bpfError(-errno, `cannot open ${what} '${path}': ${text} (${name})`, { cause });
  }
  try {
    const result = call(fd);
    if (result === -EBADF) throw bpfError(EINVAL, `'${path}' is not a ${what} (EINVAL)`);
    return result;
  } finally {
    closeSync(fd);
  }
}
