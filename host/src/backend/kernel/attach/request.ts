import type { AttachOptions, BackendMap, BackendProgram } from "../../backend.js";
import { bpfError } from "../explain/errno.js";
import { cgroupPath } from "./cgroup.js";
import { uprobeOffsets } from "./uprobe-multi.js";

const EINVAL = 22;

/** Gives the descriptors of maps and programs of this backend. */
export interface Descriptors {
  map(map: BackendMap): number;
  program(program: BackendProgram): number;
}

/** What the addon is asked: descriptors instead of maps and programs, whole paths, offsets instead of names where the kernel wants them. @throws BpfError */
export function requestOf(options: AttachOptions, descriptors: Descriptors): object {
  switch (options.kind) {
    case "freplace":
      return { ...options, target: undefined, targetFd: descriptors.program(options.target) };
    case "sockmap":
      return { kind: options.kind, mapFd: descriptors.map(options.map) };
    case "iter": {
      const { map, cgroup, ...rest } = options;
      return {
        ...rest,
        ...(map !== undefined && { mapFd: descriptors.map(map) }),
        ...(cgroup !== undefined && { cgroup: cgroupPath(cgroup) }),
      };
    }
    case "cgroup":
      return { ...options, path: cgroupPath(options.path) };
    case "netns":
      // Of this thread: setns(2) is a thread's.
      return { ...options, path: options.path ?? "/proc/thread-self/ns/net" };
    case "uprobe-multi":
      return { ...options, functions: undefined, ...uprobeOffsets(options) };
    case "kprobe-multi": {
      const { functions = [], cookies = [], pattern = "" } = options;
      if ((pattern === "") === (functions.length === 0)) {
        throw bpfError(EINVAL, "a kprobe.multi takes either a pattern or functions");
      }
      if (cookies.length > 0 && cookies.length !== functions.length) {
        throw bpfError(
          EINVAL,
          `a kprobe.multi takes a cookie for each function or none: there are ${functions.length} functions and ${cookies.length} cookies`,
        );
      }
      return options;
    }
    default:
      return options;
  }
}
