import { constants } from "node:os";
import {
  type AttachOptions,
  type Backend,
  type BackendObject,
  type BackendSession,
  BpfError,
  type SessionOptions,
} from "../../backend/backend.js";
import type { FakeBuffer } from "./buffer.js";
import { fakeLink } from "./link.js";
import { FakeObject } from "./object.js";

const { EPERM, ENOENT, EEXIST, ECANCELED, ENODEV } = constants.errno;

/** A backend in memory, for tests of what stands above it. It keeps count of what is open. */
export class FakeBackend implements Backend {
  readonly name = "fake";
  /** Names of what is attached now. */
  readonly attached = new Set<string>();
  openBuffers = 0;
  openObjects = 0;
  sessions = 0;
  /** As an eventfd that was signalled. */
  stopped = false;
  /** What was written, by descriptor. */
  readonly written: { fd: number; text: string }[] = [];
  /** What `write` answers instead of the length, if set. */
  writeResult: number | undefined;

  /** Paths at which something is pinned. */
  readonly pins = new Set<string>();
  /** What was set: "map NAME.property = value". */
  readonly settings: string[] = [];
  /** The options of every `attachTo`. */
  readonly attachedTo: AttachOptions[] = [];

  pin(path: string): void {
    if (this.pins.has(path)) throw new BpfError(EEXIST, "EEXIST", `'${path}' is taken`);
    this.pins.add(path);
  }

  unpin(path: string): void {
    if (!this.pins.delete(path)) throw new BpfError(ENOENT, "ENOENT", `'${path}' is no pin`);
  }

  createSession(options: SessionOptions): BackendSession {
    this.sessions++;
    const objects: BackendObject[] = [];
    let closed = false;
    return {
      openObject: (bytes, { name }) => {
        const object = new FakeObject(this, options.memory, bytes, name);
        objects.push(object);
        return object;
      },
      wait: (buffers, ready) => {
        if (this.stopped) return -ECANCELED;
        let count = 0;
        buffers.forEach((buffer, i) => {
          if ((buffer as FakeBuffer).records.length > 0) ready[count++] = i;
        });
        return count;
      },
      write: (fd, pointer, length) => {
        if (this.writeResult !== undefined) return this.writeResult;
        const bytes = Buffer.from(options.memory.buffer, pointer, length);
        this.written.push({ fd, text: bytes.toString() });
        return length;
      },
      interfaceIndex: (name) => {
        if (name === "lo") return 1;
        throw new BpfError(ENODEV, "ENODEV", `there is no network interface '${name}'`);
      },
      probeMapType: (type) => type === 27,
      probeProgramType: (type) => {
        if (type === 99) throw new BpfError(EPERM, "EPERM", "nobody may ask");
        return type === 6;
      },
      probeHelper: (type, helper) => type === 6 && helper === 1,
      kernelVersion: () => 0x061200,
      possibleCpus: () => 4,
      enableStats: () => fakeLink(this, "statistics"),
      openLink: (path) => {
        if (this.pins.has(path)) return fakeLink(this, path);
        throw new BpfError(ENOENT, "ENOENT", `nothing is pinned at '${path}'`);
      },
      findKernelType: (name, kind, module) => {
        if (name === "task_struct" && kind !== 5 && module === "") return 77;
        throw new BpfError(ENOENT, "ENOENT", `there is no type '${name}'`);
      },
      typeName: (of, number) => (of === "map" && number === 27 ? "ringbuf" : undefined),
      close: () => {
        if (closed) return;
        closed = true;
        this.sessions--;
        for (const object of objects) object.close();
      },
    };
  }
}
