import { type BackendMap, type BackendProgram, BpfError } from "../backend/backend.js";
import type { ImportContext } from "../imports/context.js";
import { elementsOf } from "../imports/elements.js";
import { bpfError, errno } from "../imports/errno.js";
import type { Reporter } from "../imports/reporter.js";
import { endsModule } from "../imports/signals.js";
import { suggestion } from "../module/near-names.js";
import { type Callback, Callbacks } from "./callback.js";
import type { NarrowFunctions } from "./narrow.js";
import { Poller } from "./poll.js";
import { readText } from "./strings.js";

const { EINVAL } = errno;

/** `enum bpf_cmd` as the published ABI numbers it. */
const Command = { lookup: 1, update: 2, delete: 3, nextKey: 4 } as const;

/** What only an instantiated module has. */
export interface WasmBpfGuest {
  readonly memory: WebAssembly.Memory;
  readonly exports: WebAssembly.Exports;
}

/** The six functions, see docs/wasm_bpf.md. */
export function wasmBpfFunctions(
  context: ImportContext,
  reporter: Reporter,
  guest: () => WasmBpfGuest,
  calls?: Int32Array,
): NarrowFunctions {
  const { memory, handles } = context;
  /** A map that is looked up again keeps its handle. */
  const attached = new WeakSet<BackendProgram>();
  const known = new WeakMap<BackendMap, number>();
  let objects = 0;
  let poller: Poller | undefined;
  let callbacks: Callbacks | undefined;

  /** A handle of any other kind, or of another object, is none. @throws BpfError `EINVAL` */
  const get = <K extends "object" | "map">(handle: number, kind: K) => {
    const found = handles.find(handle, kind);
    if (found === undefined) throw bpfError("EINVAL", handles.explain(handle, kind));
    return found;
  };

  const find = <T extends { readonly name: string }>(
    all: readonly T[],
    name: string,
    what: string,
  ) => {
    const found = all.find((item) => item.name === name);
    if (found !== undefined) return found;
    const names = all.map((item) => item.name);
    throw bpfError("ENOENT", `${what} '${name}'${suggestion(name, names, "others")}`);
  };

  /** What a failed call returns, and the user is told. */
  const failed = (name: string, error: unknown): number => {
    if (!(error instanceof BpfError)) throw endsModule(name, error);
    reporter.report(`${name}: ${error.message}`);
    context.recover(name, error);
    return -error.errno;
  };

  /** A call that is made a few times in a module's life. */
  const cold = <A extends number[]>(name: string, inner: (...args: A) => number) => {
    const body = context.suspending(name, inner);
    return (...args: A): number => {
      try {
        return body(...args);
      } catch (error) {
        return failed(name, error);
      }
    };
  };

  const poll = (
    object: number,
    handle: number,
    callback: (callbacks: Callbacks) => Callback,
    ctx: number,
    data: number,
    size: number,
    timeout: number,
  ): number => {
    try {
      get(object, "object");
      const map = get(handle, "map");
      if (handles.ownerOf(handle) !== object) {
        throw bpfError("EINVAL", `map '${map.name}' belongs to another object`);
      }
      callbacks ??= new Callbacks(guest().exports);
      const called = callback(callbacks);
      memory.check(data, size, "the buffer for a record");
      poller ??= new Poller(guest().memory, () => context.privileges.beforeWait(), calls);
      return poller.poll(map, called, ctx, data >>> 0, size >>> 0, Math.max(timeout, -1));
    } catch (error) {
      return pollFailed(error);
    }
  };

  /** The callback runs inside the poll: what it throws is the module's own and passes through. */
  const pollFailed = (error: unknown): number => {
    if (error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.Exception) {
      throw error;
    }
    return failed("wasm_bpf_buffer_poll", error);
  };

  const load = cold("wasm_load_bpf_object", (bytes: number, length: number) => {
    const image = memory.bytes(bytes, length, "the BPF object").slice();
    const object = context.session.openObject(image, { name: `object${objects++}` });
    try {
      object.load();
    } catch (error) {
      object.close();
      throw error;
    }
    return context.adopt("object", object, 0, () => object.close());
  });

  return {
    // 0 is what this function answers to every failure.
    load: (bytes, length) => Math.max(load(bytes, length), 0),
    close: cold("wasm_close_bpf_object", (handle: number) => {
      const object = get(handle, "object");
      handles.remove(handle);
      poller?.forget(object.maps);
      object.close();
      return 0;
    }),
    attach: cold("wasm_attach_bpf_program", (handle: number, name: number, target: number) => {
      const object = get(handle, "object");
      const wanted = readText(memory, name, "the program's name");
      const place = readText(memory, target, "the target");
      const program = find(object.programs, wanted, "the object has no program");
      const link = program.attach(place);
      attached.add(program);
      // Such a module cannot say when it has done with attaching: when nothing of the object is left, it has.
      const last = object.programs.every((each) => !each.autoload || attached.has(each));
      context.adopt("link", link, handle, () => link.destroy(), last);
      return 0;
    }),
    mapByName: cold("wasm_bpf_map_fd_by_name", (handle: number, name: number) => {
      const object = get(handle, "object");
      const wanted = readText(memory, name, "the map's name");
      const map = find(object.maps, wanted, "the object has no map");
      const before = known.get(map);
      if (before !== undefined && handles.find(before, "map") === map) return before;
      const added = handles.add("map", map, handle);
      known.set(map, added);
      return added;
    }),
    operate: (handle, command, key, value, next, flags) => {
      try {
        const map = handles.find(handle, "map");
        if (map === undefined) {
          throw bpfError("EINVAL", handles.explain(handle, "map"));
        }
        const elements = elementsOf(map);
        switch (command) {
          case Command.lookup:
            return elements.lookup(key >>> 0, value >>> 0, flags >>> 0);
          case Command.update:
            return elements.update(key >>> 0, value >>> 0, flags >>> 0);
          case Command.delete:
            return elements.delete(key >>> 0);
          case Command.nextKey:
            return elements.keyAfter(key >>> 0, next >>> 0);
          default:
            return -EINVAL;
        }
      } catch (error) {
        return failed("wasm_bpf_map_operate", error);
      }
    },
    poll: (object, map, fn, ctx, data, size, timeout) =>
      poll(object, map, (found) => found.at(fn), ctx, data, size, timeout),
    pollExport: (object, map, ctx, data, size, timeout) =>
      poll(object, map, (found) => found.exported(), ctx, data, size, timeout),
  };
}
