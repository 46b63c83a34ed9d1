import type { TypeId } from "../btf/types.js";
import type { MapSpec } from "../object/index.js";
import type { Shape } from "./shape.js";
import type { TypeTable } from "./type-table.js";

/** What a skeleton has for a map. */
export interface MapClass {
  /** The class, with its type arguments. */
  readonly type: string;
  /** Its constructor's arguments after the object. */
  readonly args: readonly string[];
  /** More to do when the map is made. */
  readonly after?: string;
  /** Names to import from the SDK, by the file below `assembly`. */
  readonly imports: readonly { readonly from: string; readonly name: string }[];
}

/** `include/uapi/linux/bpf.h` */
const BPF_F_MMAPABLE = 1 << 10;
const HASHES: readonly string[] = ["HASH", "LRU_HASH", "LPM_TRIE"];
const PER_CPU: readonly string[] = ["PERCPU_HASH", "LRU_PERCPU_HASH", "PERCPU_ARRAY"];

/** Maps whose values a module does not have as bytes. */
const HOLDING: Readonly<Record<string, string>> = {
  PROG_ARRAY: "ProgramArray",
  CGROUP_ARRAY: "CgroupArray",
  ARRAY_OF_MAPS: "MapOfMaps",
  HASH_OF_MAPS: "MapOfMaps",
  DEVMAP: "RedirectMap",
  DEVMAP_HASH: "RedirectMap",
  CPUMAP: "RedirectMap",
};
/** Maps whose keys are owners. */
const STORAGE: Readonly<Record<string, string>> = {
  TASK_STORAGE: "TaskStorage",
  CGRP_STORAGE: "PathStorage",
  INODE_STORAGE: "PathStorage",
};

/**
 * Chooses the class of a map by its kind and by what its key and value are. A kind that has no class of its own, and a map without the types of its key and
 * value, is a plain `BpfMap`.
 */
export function mapClass(
  map: MapSpec,
  event: TypeId | undefined,
  table: TypeTable,
  anyBuffer = false,
): MapClass {
  const name = JSON.stringify(map.name);
  const sizes = [String(map.keySize), String(map.valueSize)];
  if (map.typeName === "RINGBUF" || map.typeName === "PERF_EVENT_ARRAY") {
    const ring = map.typeName === "RINGBUF";
    const shape = event === undefined ? undefined : table.shape(event, `${map.name}_event`);
    const type = shape === undefined ? scalarView(table) : table.viewName(shape);
    if (anyBuffer) {
      return {
        type: `AnyBuffer<${type}>`,
        args: [name, String(shape?.size ?? 1)],
        imports: [{ from: "buffer/any_buffer", name: "AnyBuffer" }],
      };
    }
    const made = {
      type: `${ring ? "RingBuffer" : "PerfBuffer"}<${type}>`,
      args: [name, String(shape?.size ?? 1)],
      imports: [
        ring
          ? { from: "buffer/ring_buffer", name: "RingBuffer" }
          : { from: "buffer/perf_buffer", name: "PerfBuffer" },
      ],
    };
    // What the kernel wants of them, whatever `__type(value, …)` says of the records.
    const wanted = ring ? 0 : 4;
    if (map.keySize === wanted && map.valueSize === wanted) return made;
    return {
      ...made,
      after: `object.addLoadStep(new ClearSizes(object, ${name}${ring ? "" : `, ${wanted}`}));`,
      imports: [...made.imports, { from: "map/clear_sizes", name: "ClearSizes" }],
    };
  }
  if (map.typeName === "USER_RINGBUF" && map.keySize === 0 && map.valueSize === 0) {
    const shape = event === undefined ? undefined : table.shape(event, `${map.name}_event`);
    const type = shape === undefined ? scalarView(table) : table.viewName(shape);
    return {
      type: `UserRingBuffer<${type}>`,
      args: [name, String(shape?.size ?? 1)],
      imports: [{ from: "buffer/user_ring_buffer", name: "UserRingBuffer" }],
    };
  }
  const of = (className: string, parameters: string[], args: string[]): MapClass => ({
    type: parameters.length === 0 ? className : `${className}<${parameters.join(", ")}>`,
    args: [name, ...args],
    imports: [{ from: "map/index", name: className }],
  });
  const holding = HOLDING[map.typeName];
  if (holding === "ProgramArray" || holding === "CgroupArray")
    return of(holding, [], [String(map.valueSize)]);
  const key = keyShape(map, table);
  const keyName = key === undefined ? undefined : key.kind === "view" ? key.name : key.type;
  if (holding !== undefined) return of(holding, [keyName ?? "u32"], sizes);
  const value = valueShape(map, table);
  if (value !== undefined) {
    const scalar = value.kind === "scalar" ? value.type : undefined;
    const view = (): string => table.viewName(value);
    const [, valueSize = "0"] = sizes;
    if (map.typeName === "ARRAY" && (map.flags & BPF_F_MMAPABLE) !== 0)
      return {
        ...(scalar === undefined
          ? of("LiveArrayMap", [view()], [valueSize])
          : of("ScalarLiveArrayMap", [scalar], [valueSize])),
        imports: [
          {
            from: "live/index",
            name: scalar === undefined ? "LiveArrayMap" : "ScalarLiveArrayMap",
          },
        ],
      };
    if (map.typeName === "ARRAY")
      return scalar === undefined
        ? of("ArrayMap", [view()], [valueSize])
        : of("ScalarArrayMap", [scalar], [valueSize]);
    if (map.typeName === "QUEUE" || map.typeName === "STACK")
      return of("QueueMap", [view()], [valueSize]);
    const storage = STORAGE[map.typeName];
    if (storage !== undefined) return of(storage, [view()], [valueSize]);
    if (map.typeName === "BLOOM_FILTER") return of("BloomFilter", [view()], [valueSize]);
    if (keyName !== undefined && HASHES.includes(map.typeName)) {
      return scalar === undefined
        ? of("HashMap", [keyName, view()], sizes)
        : of("ScalarHashMap", [keyName, scalar], sizes);
    }
    const cpuKey = map.typeName === "PERCPU_ARRAY" ? "u32" : keyName;
    if (cpuKey !== undefined && PER_CPU.includes(map.typeName)) {
      return scalar === undefined
        ? of("PerCpuMap", [cpuKey, view()], sizes)
        : of("ScalarPerCpuMap", [cpuKey, scalar], sizes);
    }
  }
  return of("BpfMap", [], sizes);
}

/** A record of unknown type is looked at byte by byte. */
function scalarView(table: TypeTable): string {
  table.imports.add("Scalar");
  return "Scalar<u8>";
}

/** The type of a value, when the map says it; a bare size of 1, 2, 4 or 8 bytes is a number. */
function valueShape(map: MapSpec, table: TypeTable): Shape | undefined {
  if (map.valueType !== undefined) return table.shape(map.valueType, `${map.name}_value`);
  return bareShape(map.valueSize);
}

function keyShape(map: MapSpec, table: TypeTable): Shape | undefined {
  if (map.keyType !== undefined) return table.shape(map.keyType, `${map.name}_key`);
  return bareShape(map.keySize);
}

function bareShape(size: number): Shape | undefined {
  if (size === 1 || size === 2 || size === 4 || size === 8)
    return { kind: "scalar", type: `u${(size * 8) as 8 | 16 | 32 | 64}`, size };
  return undefined;
}
