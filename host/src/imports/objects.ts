import { suggestion } from "../module/near-names.js";
import type { ImportContext } from "./context.js";
import { bpfError } from "./errno.js";

/** Longer than any name that a kernel or a compiler accepts; keeps messages readable. */
const MAX_NAME = 256;

/** `object_*`, see docs/abi.md. */
export function objectImports(context: ImportContext) {
  const { memory, handles } = context;
  /** A map or a program that is looked up again keeps its handle. */
  const known = new WeakMap<object, number>();

  const readName = (pointer: number, length: number, what: string): string => {
    if (length >>> 0 > MAX_NAME) {
      memory.check(pointer, length, what);
      throw bpfError(
        "ENAMETOOLONG",
        `${what} is ${length >>> 0} bytes long, ${MAX_NAME} are the most`,
      );
    }
    return memory.text(pointer, length, what);
  };

  const find = (kind: "map" | "program", object: number, pointer: number, length: number) => {
    const owner = handles.get(object, "object");
    const name = readName(pointer, length, `the ${kind}'s name`);
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
    const before = known.get(found);
    if (before !== undefined && handles.find(before, kind) === found) return before;
    const handle = handles.add(kind, found as never, object);
    known.set(found, handle);
    return handle;
  };

  return {
    object_open: context.cold("object_open", (bytes, length, name, nameLength) => {
      const image = memory.bytes(bytes, length, "the BPF object").slice();
      const label = readName(name, nameLength, "the object's name") || "object";
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
    object_find_map: context.cold("object_find_map", (object, name, length) =>
      find("map", object, name, length),
    ),
    object_find_program: context.cold("object_find_program", (object, name, length) =>
      find("program", object, name, length),
    ),
  };
}
