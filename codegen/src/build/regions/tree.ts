import {
  type Binaryen,
  type Module,
  partsByKind,
  type Ref,
  type Replace,
  replacer,
} from "../ir.js";

/** An expression of a function, with all below it. */
export interface Node {
  readonly ref: Ref;
  readonly kind: number;
  /** binaryen's type of its value. */
  readonly type: number;
  readonly parts: readonly Node[];
  readonly replace: Replace | undefined;
  /** Of a local variable. */
  readonly index: number;
  /** Of a global, a label, or a function that is called; empty for others. */
  readonly name: string;
  /** Labels that a branch may go to. */
  readonly targets: readonly string[];
  /** Of a constant of 32 bits. */
  readonly value: number | undefined;
  /** Bytes that a load takes. */
  readonly bytes: number;
}

export interface FunctionTree {
  readonly name: string;
  readonly parameters: readonly number[];
  readonly results: number;
  /** Undefined if it has an expression of a kind that is not known here. */
  readonly body: Node | undefined;
}

interface Info {
  readonly id: number;
  readonly name?: string | null;
  readonly names?: readonly string[];
  readonly defaultName?: string | null;
  readonly index?: number;
  readonly target?: string | Ref;
  readonly value?: unknown;
  readonly bytes?: number;
}

class UnknownKind extends Error {}

/** Reads the functions of a module as trees; imports are left out. */
export function readFunctions(b: Binaryen, module: Module): FunctionTree[] {
  // Atomic instructions move numbers.
  const parts = new Map([
    ...partsByKind(b),
    [b.AtomicRMWId, ["ptr", "value"]],
    [b.AtomicCmpxchgId, ["ptr", "expected", "replacement"]],
    [b.AtomicFenceId, []],
  ] as [number, readonly string[]][]);
  const functions: FunctionTree[] = [];
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const info = b.getFunctionInfo(module.getFunctionByIndex(index));
    if (info.module !== null && info.module !== "") continue;
    const head = {
      name: info.name,
      parameters: b.expandType(info.params),
      results: info.results,
    };
    try {
      functions.push({ ...head, body: readNode(b, parts, info.body, undefined) });
    } catch (error) {
      if (!(error instanceof UnknownKind)) throw error;
      functions.push({ ...head, body: undefined });
    }
  }
  return functions;
}

function readNode(
  b: Binaryen,
  kinds: ReadonlyMap<number, readonly string[]>,
  ref: Ref,
  replace: Replace | undefined,
): Node {
  const kind = b.getExpressionId(ref);
  const fields = kinds.get(kind);
  if (fields === undefined) throw new UnknownKind();
  const plain = kind === b.NopId || kind === b.UnreachableId || kind === b.AtomicFenceId;
  const info = (plain ? { id: kind } : b.getExpressionInfo(ref)) as unknown as Info;
  const parts: Node[] = [];
  for (const field of fields) {
    const value = (info as unknown as Record<string, Ref | Ref[] | undefined>)[field];
    const children = Array.isArray(value) ? value : [value];
    children.forEach((child, index) => {
      if (typeof child !== "number" || child === 0) return;
      parts.push(readNode(b, kinds, child, replacer(b, ref, kind, field, index)));
    });
  }
  const branches = [info.name, ...(info.names ?? []), info.defaultName];
  return {
    ref,
    kind,
    type: b.getExpressionType(ref),
    parts,
    replace,
    index: info.index ?? -1,
    name: (typeof info.target === "string" ? info.target : info.name) ?? "",
    targets:
      kind === b.BreakId || kind === b.SwitchId
        ? branches.filter((name): name is string => typeof name === "string" && name !== "")
        : [],
    value: kind === b.ConstId && typeof info.value === "number" ? info.value : undefined,
    bytes: info.bytes ?? 0,
  };
}

/** The value of a whole number's constant; undefined for other expressions. */
export function constantValue(b: Binaryen, ref: Ref): bigint | undefined {
  if (b.getExpressionId(ref) !== b.ConstId) return undefined;
  const { value } = b.getExpressionInfo(ref) as unknown as Info;
  if (typeof value === "number") return BigInt(value >>> 0);
  return typeof value === "bigint" ? value : undefined;
}

/** Calls `found` for an expression and all below it, in the order of evaluation of their beginnings. */
export function walk(node: Node, found: (node: Node) => void): void {
  found(node);
  for (const part of node.parts) walk(part, found);
}
