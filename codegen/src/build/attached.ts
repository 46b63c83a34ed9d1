import type { Transform } from "assemblyscript/asc";
import type { Binaryen, Module } from "./ir.js";
import {
  constantValue,
  type FunctionTree,
  type Node,
  readFunctions,
  walk,
} from "./regions/tree.js";
import { StaticData } from "./static-data.js";

/** Where `main.ts` attaches programs of one kind, if all these places are constants of the source. */
export interface AttachedKind {
  /** As policies name the type of such programs. */
  readonly type: string;
  /** For each call its arguments that say where: `["syscalls", "sys_enter_openat"]`, or `[1, 0]`, the type and number of a perf event. */
  readonly places: readonly (readonly (string | number)[])[];
}

const SDK = "~lib/@wbpf/sdk/assembly/";
const PROGRAM = `${SDK}program/bpf_program/BpfProgram#`;
const CALL = `${SDK}abi/wbpf/program_attach_to`;
const EVENT = `${SDK}attach/perf_event_options/PerfEventOptions#`;

/** Methods whose arguments of these numbers, counted with `this`, say where: the type of their programs. */
const TEXTS: ReadonlyMap<string, { readonly type: string; readonly at: readonly number[] }> =
  new Map([
    ["attachTracepoint", { type: "tracepoint", at: [1, 2] }],
    ["attachRawTracepoint", { type: "raw_tracepoint", at: [1] }],
    ["attachKprobe", { type: "kprobe", at: [1] }],
  ]);
const PERF_EVENT = "attachPerfEvent";
/** Methods that attach programs of a type in {@link TEXTS} elsewhere. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["attachKprobeMulti", "kprobe"],
  ["attachKsyscall", "kprobe"],
]);

/**
 * The step inside the compiler that finds out to which places a module attaches programs: what the methods of `BpfProgram` are given, where that is written in the source. Of a kind of
 * which one place is known only at run time nothing is said, so that nothing that is said is too narrow.
 */
export function attachedTransform(found: (kinds: readonly AttachedKind[]) => void): Transform {
  class AttachedTransform {
    declare readonly binaryen: Transform["binaryen"];

    afterCompile(module: Module): void {
      found(attachedKinds(this.binaryen as Binaryen, module));
    }
  }
  return AttachedTransform as unknown as Transform;
}

function attachedKinds(b: Binaryen, module: Module): AttachedKind[] {
  if (module.getFunction(`${PROGRAM}to`) === 0) return [];
  const trees = readFunctions(b, module);
  // What is not understood may attach anything.
  if (trees.some(({ body }) => body === undefined)) return [];
  const data = new StaticData(module);
  const constant = (node: Node | undefined): bigint | undefined => constantOf(b, module, node);
  const places = new Map<string, (string | number)[][]>();
  const unknown = new Set<string>();
  let others = false;
  for (const { name, body } of trees) {
    if (name.endsWith("@varargs")) continue;
    walk(body as Node, (node) => {
      if (node.kind !== b.CallId) return;
      if (node.name === CALL && name !== `${PROGRAM}to`) others = true;
      if (!node.name.startsWith(PROGRAM)) return;
      const method = node.name.slice(PROGRAM.length).replace(/@varargs$/, "");
      const elsewhere = ELSEWHERE.get(method);
      if (elsewhere !== undefined) unknown.add(elsewhere);
      const texts = TEXTS.get(method);
      if (texts !== undefined) {
        const values = texts.at.map((i) => data.text(Number(constant(node.parts[i]) ?? 0)));
        if (values.every((value) => value !== undefined && value !== ""))
          places.set(texts.type, [...(places.get(texts.type) ?? []), values as string[]]);
        else unknown.add(texts.type);
      } else if (method === PERF_EVENT) {
        const event = onlyEvent(b, trees, constant);
        if (event === undefined) unknown.add("perf_event");
        else places.set("perf_event", [event]);
      }
    });
  }
  if (others) return [];
  return [...places]
    .filter(([type]) => !unknown.has(type))
    .map(([type, all]) => ({ type, places: all }));
}

/** The value of a constant of the source, also of one with a name. */
function constantOf(b: Binaryen, module: Module, node: Node | undefined): bigint | undefined {
  if (node === undefined) return undefined;
  if (node.kind !== b.GlobalGetId) return constantValue(b, node.ref);
  const global = module.getGlobal(node.name);
  const { mutable, init } = b.getGlobalInfo(global);
  return mutable || init === 0 ? undefined : constantValue(b, init);
}

/** The type and number of every perf event, if only the constructor of their options sets them. */
function onlyEvent(
  b: Binaryen,
  trees: readonly FunctionTree[],
  constant: (node: Node | undefined) => bigint | undefined,
): [number, number] | undefined {
  const set = new Map<string, (bigint | undefined)[]>();
  for (const { name, body } of trees) {
    walk(body as Node, (node) => {
      if (node.kind !== b.CallId || !node.name.startsWith(`${EVENT}set:`)) return;
      const field = node.name.slice(`${EVENT}set:`.length);
      const value = name === `${EVENT}constructor` ? constant(node.parts[1]) : undefined;
      set.set(field, [...(set.get(field) ?? []), value]);
    });
  }
  const [[type, ...types], [number, ...numbers]] = ["type", "config"].map(
    (field) => set.get(field) ?? [],
  ) as [(bigint | undefined)[], (bigint | undefined)[]];
  if (types.length > 0 || numbers.length > 0) return undefined;
  return type === undefined || number === undefined ? undefined : [Number(type), Number(number)];
}
