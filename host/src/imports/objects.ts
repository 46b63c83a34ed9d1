import type { BackendMap, BackendProgram } from "../backend/backend.js";
import { suggestion } from "../module/near-names.js";
import type { ImportContext } from "./context.js";
import { bpfError, errno } from "./errno.js";
import { readText, writeText } from "./text.js";

const { ENOENT } = errno;

/** `object_*`, see docs/abi.md. */
export function objectImports(context: ImportContext) {
  const { memory, handles } = context;
  /** A map or a program that is looked up again keeps its handle. */
  const known = new WeakMap<object, number>();

  /** The handle of a part of an object: the one that it has already, if it is still open. */
  const handleOf = (kind: "map" | "program", part: BackendMap | BackendProgram, object: number) => {
    const before = known.get(part);
    if (before !== undefined && handles.find(before, kind) === part) return before;
    const handle = handles.add(kind, part as never, object);
    known.set(part, handle);
    return handle;
  };

  const at = (kind: "map" | "program", object: number, index: number) => {
    const owner = handles.get(object, "object");
    const part = kind === "map" ? owner.maps[index >>> 0] : owner.programs[index >>> 0];
    return part === undefined ? -ENOENT : handleOf(kind, part, object);
  };

  const find = (kind: "map" | "program", object: number, pointer: number, length: number) => {
    const owner = handles.get(object, "object");
    const name = readText(memory, pointer, length, `the ${kind}'s name`);
    const all: readonly { readonly name: string }[] = kind === "map" ? owner.maps : owner.programs;
    const index = all.findIndex((item) => item.name === name);
    const found = kind === "map" ? owner.maps[index] : owner.programs[index];
    if (found === undefined) {
      const names = all.map((item) => item.name);
      throw bpfError(
        "ENOENT",
        `object '${owner.name}' has no ${kind} '${name}'${suggestion(name, names, `${kind}s`)}`,
      );
    }
    return handleOf(kind, found, object);
  };

  return {
    object_open: context.cold("object_open", (bytes, length, name, nameLength) => {
      const image = memory.bytes(bytes, length, "the BPF object").slice();
      const label = readText(memory, name, nameLength, "the object's name") || "object";
      const object = context.session.openObject(image, { name: label });
      return context.adopt("object", object, 0, () => object.close());
    }),
    object_load: context.cold("object_load", (object) => {
      handles.get(object, "object").load();
      return 0;
    }),
    object_close: context.cold("object_close", (object) => {
      const target = handles.get(object, "object");
      handles.remove(object);
      target.close();
      return 0;
    }),
    object_map_at: context.cold("object_map_at", (object, index) => at("map", object, index)),
    object_program_at: context.cold("object_program_at", (object, index) =>
      at("program", object, index),
    ),
    object_log: context.cold("object_log", (object, buf, cap) => {
      const log = handles.get(object, "object").verifierLog();
      return writeText(memory, log, buf, cap, "object_log's buffer");
    }),
    object_find_map: context.cold("object_find_map", (object, name, length) =>
      find("map", object, name, length),
    ),
    object_find_program: context.cold("object_find_program", (object, name, length) =>
      find("program", object, name, length),
    ),
  };
}
