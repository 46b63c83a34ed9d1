import type {
  BackendBuffer,
  BackendLink,
  BackendObject,
  BackendSession,
  OpenObjectOptions,
  SessionOptions,
  TypeEnum,
} from "../backend.js";
import { attempt } from "./attempt.js";
import { KernelBuffer } from "./buffer.js";
import { checkOnce } from "./elf/checked.js";
import { explainCapability } from "./explain/capabilities.js";
import { bpfError, errnoOf } from "./explain/errno.js";
import { explainKernelType } from "./explain/kernel-type.js";
import { explainOpen } from "./explain/open.js";
import { checkPinPath, explainOpenLink } from "./explain/pin.js";
import { kernelVersion, probeHelper, probeMapType, probeProgramType } from "./features.js";
import { GuestMemory } from "./guest-memory.js";
import { interfaceIndex } from "./interfaces.js";
import { KernelLink } from "./link.js";
import { type NativeSession, native } from "./native.js";
import { KernelObject } from "./object.js";
import { descriptorOf } from "./program.js";

const EINVAL = 22;
const EPERM = 1;
const EBADF = 9;

/** What the addon calls them. */
const TYPE_ENUMS: Readonly<Record<TypeEnum, number>> = { program: 1, map: 2, attach: 3, link: 4 };

/** What one module instance has open in the kernel. */
export class KernelSession implements BackendSession {
  readonly #native: NativeSession;
  readonly #memory: GuestMemory;
  readonly #objects = new Set<KernelObject>();
  #closed = false;

  constructor({ memory, stopFd, meter = 0 }: SessionOptions) {
    // The addon keeps an address into the memory, which it could not know to be stale if another thread grew it.
    if (!(memory.buffer instanceof ArrayBuffer)) {
      throw bpfError(EINVAL, "cannot serve a module whose memory is shared between threads");
    }
    this.#native = attempt(
      () => native().createSession(stopFd, meter),
      (failure) =>
        bpfError(
          failure.errno,
          `cannot watch file descriptor ${stopFd} for the request to stop: ${errnoOf(failure.errno).text}`,
        ),
    );
    this.#memory = new GuestMemory(memory, this.#native);
  }

  openObject(bytes: Uint8Array, options: OpenObjectOptions): BackendObject {
    const { name, logLevel = 0, pinRoot = "" } = options;
    if (this.#closed)
      throw bpfError(EBADF, `cannot open BPF object '${name}': its session is closed`);
    checkOnce(bytes, name);
    const opened = attempt(
      () => this.#native.openObject(bytes, name, logLevel, pinRoot),
      (failure) => explainOpen(failure, name),
    );
    const object = new KernelObject(name, opened, this.#memory, () => this.#objects.delete(object));
    const pinned = opened.maps.find((map) => map.pinPath !== undefined);
    if (pinned !== undefined && pinRoot === "") {
      object.close();
      throw bpfError(
        EPERM,
        `cannot open BPF object '${name}': map '${pinned.name}' asks to be pinned by name, and no folder for pins was allowed`,
      );
    }
    this.#objects.add(object);
    return object;
  }

  wait(buffers: readonly BackendBuffer[], ready: Int32Array, timeoutMs: number): number {
    const rings = buffers.map((buffer) => (buffer instanceof KernelBuffer ? buffer.handle : 0));
    return this.#native.wait(rings, ready, timeoutMs);
  }

  descriptors(buffers: readonly BackendBuffer[]): number[] {
    return buffers.flatMap((buffer) => (buffer instanceof KernelBuffer ? buffer.descriptor : []));
  }

  write(fd: number, pointer: number, length: number): number {
    this.#memory.refresh();
    return this.#native.write(this.#native.handle, fd, pointer, length);
  }

  interfaceIndex(name: string): number {
    return interfaceIndex(name);
  }

  probeMapType(type: number): boolean {
    return probeMapType(type);
  }

  probeProgramType(type: number): boolean {
    return probeProgramType(type);
  }

  probeHelper(programType: number, helper: number): boolean {
    return probeHelper(programType, helper);
  }

  kernelVersion(): number {
    return kernelVersion();
  }

  possibleCpus(): number {
    return native().possibleCpus();
  }

  enableStats(): BackendLink {
    const what = "the statistics of BPF programs";
    const link = attempt(
      () => this.#native.enableStats(),
      ({ errno }) => {
        const { name, text } = errnoOf(errno);
        const why =
          name === "EPERM"
            ? (explainCapability("CAP_SYS_ADMIN") ?? text)
            : name === "EINVAL"
              ? "this kernel is older than Linux 5.8"
              : text;
        return bpfError(errno, `cannot turn on ${what}: ${why} (${name})`);
      },
    );
    return new KernelLink(link, this.#memory, what, () => -1);
  }

  openLink(path: string): BackendLink {
    const what = `the link that is pinned at '${path}'`;
    checkPinPath("a link", path);
    const link = attempt(
      () => this.#native.openLink(path),
      (failure) => explainOpenLink(failure.errno, what),
    );
    const opened = new KernelLink(link, this.#memory, what, descriptorOf);
    opened.adoptPin(path);
    return opened;
  }

  findKernelType(name: string, kind: number, module: string): number {
    const id = this.#native.findType(name, kind, module);
    if (id < 0) throw explainKernelType(-id, name, module);
    return id;
  }

  typeName(of: TypeEnum, number: number): string | undefined {
    return native().typeName(TYPE_ENUMS[of], number);
  }

  close(): void {
    this.#closed = true;
    for (const object of this.#objects) object.close();
    this.#native.close();
  }
}
