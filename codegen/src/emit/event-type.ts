import type { TypeId } from "../btf/types.js";
import { CodegenError } from "../errors.js";
import type { BpfObjectFile, MapSpec } from "../object/index.js";

/** Maps whose records have a type that the map itself rarely declares. */
const BUFFER_TYPES: readonly string[] = ["RINGBUF", "PERF_EVENT_ARRAY", "USER_RINGBUF"];

export function isBuffer(map: MapSpec): boolean {
  return BUFFER_TYPES.includes(map.typeName);
}

/** Event types of an object's buffers, and the variables that exist only to declare them. */
export interface EventTypes {
  readonly byMap: ReadonlyMap<string, TypeId>;
  /** Names of global variables that are left out of the bindings. */
  readonly markers: ReadonlySet<string>;
}

/**
 * Finds the type of each buffer's records. The first of these that applies:
 *
 * 1. the option `events`, map name to type name;
 * 2. `__type(value, struct event)` in the map's definition;
 * 3. a global variable `struct event *MAP_event`, which also keeps the struct in BTF;
 * 4. for the only buffer of an object: a global variable `struct event *unused…`, else a struct named `event`.
 *
 * @throws CodegenError `NO_EVENT_TYPE`, `NO_MAP` if the option names what is not there
 */
export function findEventTypes(
  object: BpfObjectFile,
  events: Readonly<Record<string, string>>,
): EventTypes {
  const { btf } = object;
  const buffers = object.maps.filter(isBuffer);
  const byMap = new Map<string, TypeId>();
  const markers = new Set<string>();
  const pointers = pointerVariables(object);

  for (const [map, type] of Object.entries(events)) {
    if (!buffers.some(({ name }) => name === map)) {
      const names = buffers.map(({ name }) => name).join(", ");
      throw new CodegenError(
        "NO_MAP",
        `no ring or perf buffer is named ${map}: ${names === "" ? "the object has none" : `there is ${names}`}`,
      );
    }
    byMap.set(map, findType(object, type, map));
  }
  for (const map of buffers) {
    const marker = pointers.get(`${map.name}_event`);
    if (marker !== undefined) markers.add(`${map.name}_event`);
    const found =
      map.valueType !== undefined && isComposite(object, map.valueType) ? map.valueType : marker;
    if (!byMap.has(map.name) && found !== undefined) byMap.set(map.name, found);
  }
  const only = buffers.length === 1 ? buffers[0] : undefined;
  const unused = [...pointers].filter(([name]) => name.startsWith("unused"));
  if (only !== undefined && unused.length === 1) {
    const [name, type] = unused[0] as [string, TypeId];
    markers.add(name);
    if (!byMap.has(only.name)) byMap.set(only.name, type);
  }
  const named = btf.findByName("event", "STRUCT");
  if (only !== undefined && named !== undefined && !byMap.has(only.name))
    byMap.set(only.name, named.id);
  return { byMap, markers };
}

function isComposite(object: BpfObjectFile, id: TypeId): boolean {
  const { kind } = object.btf.resolve(id);
  return kind === "STRUCT" || kind === "UNION";
}

/** Global variables that point to a struct, with the struct. */
function pointerVariables(object: BpfObjectFile): Map<string, TypeId> {
  const result = new Map<string, TypeId>();
  for (const section of object.dataSections) {
    for (const variable of section.variables) {
      const type = object.btf.resolve(variable.type);
      if (type.kind === "PTR" && isComposite(object, type.type))
        result.set(variable.name, type.type);
    }
  }
  return result;
}

function findType(object: BpfObjectFile, given: string, map: string): TypeId {
  const name = given.replace(/^(struct|union)\s+/, "");
  const found = object.btf.findAllByName(name).find(({ id }) => isComposite(object, id));
  if (found === undefined) {
    throw new CodegenError(
      "NO_EVENT_TYPE",
      `the object has no struct ${name} for the events of ${map}: clang keeps only types that are used, so add \`const struct ${name} *${map}_event __attribute__((unused));\``,
    );
  }
  return found.id;
}
