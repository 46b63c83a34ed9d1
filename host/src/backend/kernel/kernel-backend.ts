import type { Backend, BackendSession, SessionOptions } from "../backend.js";
import { KernelSession } from "./session.js";

/**
 * Runs BPF programs in this machine's kernel, through the libbpf that is installed (`libbpf.so.1`, or what `WBPF_LIBBPF` in the environment names).
 * Needs root, or the capabilities that a refused program's message names.
 */
export class KernelBackend implements Backend {
  readonly name = "kernel";

  /** @throws BpfError `ENOENT`: no libbpf, or too old; `EBADF`: `stopFd` is not open; `EINVAL`: a shared memory */
  createSession(options: SessionOptions): BackendSession {
    return new KernelSession(options);
  }
}
