import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BackendObject, BackendSession } from "../../host/src/backend/backend.js";
import type * as backendModule from "../../host/src/backend/kernel/kernel-backend.js";
import type * as contextModule from "../../host/src/imports/context.js";
import type * as importsModule from "../../host/src/imports/index.js";
import type * as memoryModule from "../../host/src/memory/guest-memory.js";
import type * as sessionModule from "../../host/src/policy/enforce/session.js";
import type * as guardModule from "../../host/src/policy/guard/guard.js";
import type { GuardOptions } from "../../host/src/policy/guard/guard.js";
import { UNGUARDED } from "../../host/src/testing/guard.js";
import type * as tableModule from "../../host/src/wasi/files/table.js";
import type * as wasiModule from "../../host/src/wasi/index.js";
import { build } from "../support/wbpf.js";
import { threadClock } from "./native.js";

const tool = fileURLToPath(new URL("../fixtures/bench", import.meta.url));
/** The object that both sides load. */
export const objectFile = fileURLToPath(
  new URL("../fixtures/bench/build/bench.bpf.o", import.meta.url),
);
export const moduleFile = fileURLToPath(
  new URL("../fixtures/bench/build/bench.wasm", import.meta.url),
);

/** The same, so that it can share a thread. */
export const sharedModuleFile = fileURLToPath(
  new URL("../fixtures/bench/build/bench.shared.wasm", import.meta.url),
);

let built: Promise<void> | undefined;
/** Builds the module once. */
export function buildTool(): Promise<void> {
  built ??= build(tool);
  return built;
}

/** Builds {@link sharedModuleFile}. */
export async function buildSharedTool(): Promise<void> {
  await buildTool();
  await build(tool, "--shared", "-o", sharedModuleFile);
}

/** A file of the compiled host, which is what users run: not of the sources through a loader. */
async function file<T>(path: string): Promise<T> {
  return (await import(new URL(`../../host/dist/${path}`, import.meta.url).href)) as T;
}

async function loadHost() {
  return {
    ...(await file<typeof contextModule>("imports/context.js")),
    ...(await file<typeof importsModule>("imports/index.js")),
    ...(await file<typeof wasiModule>("wasi/index.js")),
    ...(await file<typeof tableModule>("wasi/files/table.js")),
    ...(await file<typeof memoryModule>("memory/guest-memory.js")),
    ...(await file<typeof guardModule>("policy/guard/guard.js")),
    ...(await file<typeof sessionModule>("policy/enforce/session.js")),
    ...(await file<typeof backendModule>("backend/kernel/kernel-backend.js")),
  };
}
/** Asked for once: an import that is done already still takes a turn through the loader of this process. */
let loaded: ReturnType<typeof loadHost> | undefined;

/** Shared by all instances, as a host that runs a module more than once does it. */
let compiled: WebAssembly.Module | undefined;

type Export = (...args: number[]) => number;

/**
 * The module in this thread, behind the host's own imports and backend, so that one of its exported functions can be timed by this thread's CPU time. Only the
 * Worker around it is missing.
 */
export class InThread {
  readonly #exports: WebAssembly.Exports;
  readonly #session: BackendSession;
  readonly #object: BackendObject | undefined;
  readonly #clock = threadClock();

  private constructor(
    exports: WebAssembly.Exports,
    session: BackendSession,
    object: BackendObject | undefined,
  ) {
    this.#exports = exports;
    this.#session = session;
    this.#object = object;
  }

  /** @param guard whom its calls are checked by; default: everything is allowed. `null`: nobody, as no user runs it, to see what the guard costs */
  static async start(
    args: readonly string[],
    guard: GuardOptions | null = UNGUARDED,
  ): Promise<InThread> {
    await buildTool();
    loaded ??= loadHost();
    const host = await loaded;
    const { ImportContext, wbpfImports, wasiImports, GuestMemory, Guard, KernelBackend } = host;
    const { DescriptorTable, GuardedSession } = host;
    const memory = new GuestMemory();
    const context = new ImportContext(memory, new Guard(guard ?? UNGUARDED));
    compiled ??= new WebAssembly.Module(readFileSync(moduleFile));
    let text = "";
    const output = {
      write: (_fd: number, pointer: number, length: number) => {
        text += memory.text(pointer, length, "output");
        return length;
      },
    };
    const instance = new WebAssembly.Instance(compiled, {
      wbpf: wbpfImports(context),
      wasi_snapshot_preview1: wasiImports({
        memory,
        args: ["bench", ...args],
        env: {},
        output,
        files: new DescriptorTable([]),
        mayUse: () => {},
        sleep: () => 0,
      }),
    });
    const guest = instance.exports.memory as WebAssembly.Memory;
    const kernel = new KernelBackend().createSession({ memory: guest, stopFd: -1 });
    const session = guard === null ? kernel : new GuardedSession(kernel, context.guard);
    memory.attach(guest);
    let opened: BackendObject | undefined;
    context.attach({
      openObject: (bytes, options) => {
        opened = session.openObject(bytes, options);
        return opened;
      },
      wait: (buffers, ready, timeout) => session.wait(buffers, ready, timeout),
      write: (fd, pointer, length) => session.write(fd, pointer, length),
      interfaceIndex: (name) => session.interfaceIndex(name),
      enableStats: () => session.enableStats(),
      openLink: (path) => session.openLink(path),
      findKernelType: (name, kind, module) => session.findKernelType(name, kind, module),
      typeName: (of, number) => session.typeName(of, number),
      probeMapType: (type) => session.probeMapType(type),
      probeProgramType: (type) => session.probeProgramType(type),
      probeHelper: (type, helper) => session.probeHelper(type, helper),
      kernelVersion: () => session.kernelVersion(),
      possibleCpus: () => session.possibleCpus(),
      close: () => session.close(),
    });
    try {
      (instance.exports._start as () => void)();
    } catch (cause) {
      session.close();
      throw new Error(`the module failed: ${text}`, { cause });
    }
    return new InThread(instance.exports, session, opened);
  }

  /** Calls an exported function that returns how many things it did. Nanoseconds of CPU time for all, and their number. */
  timed(name: string, ...args: number[]): { ns: number; count: number } {
    const call = this.#exports[name] as Export;
    const start = this.#clock();
    const count = call(...args);
    return { ns: this.#clock() - start, count };
  }

  /** Calls an exported function untimed. */
  call(name: string, ...args: number[]): number {
    return (this.#exports[name] as Export)(...args);
  }

  /** Runs a program of the object by a test run. */
  run(program: string, context: Uint8Array): void {
    const found = this.#object?.programs.find(({ name }) => name === program);
    if (found === undefined) throw new Error(`no program ${program}`);
    found.testRun(context);
  }

  close(): void {
    this.#session.close();
  }
}
