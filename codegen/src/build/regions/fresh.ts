import type { Binaryen, Module } from "../ir.js";
import type { Calls } from "./calls.js";
import { type FunctionTree, type Node, walk } from "./tree.js";

const CONSTRUCTOR = "#constructor";

/**
 * Leaves out of constructors what a new object makes needless. AssemblyScript has each constructor make the object if its caller has not, also where every caller has; and has it set each field to
 * zero first, where a new object is zero already.
 */
export function trimConstructors(b: Binaryen, module: Module, calls: Calls): void {
  /** Constructors that are called to make the object. */
  const making = new Set<string>();
  for (const { name, body } of calls.functions.values()) {
    if (body === undefined) return;
    walk(body, (node) => {
      if (node.kind !== b.CallId || !node.name.endsWith(CONSTRUCTOR)) return;
      // The constructor of a derived class has made the object before it calls this one.
      if (!name.endsWith(CONSTRUCTOR) || !isThis(b, node.parts[0])) making.add(node.name);
    });
  }
  for (const tree of calls.functions.values()) {
    if (!tree.name.endsWith(CONSTRUCTOR) || tree.body === undefined) continue;
    const [first, ...rest] = statements(b, tree.body);
    if (first === undefined || !makesObject(b, first)) continue;
    if (!making.has(tree.name)) first.replace?.(module.nop());
    for (const node of zeroing(b, calls, tree, rest)) node.replace?.(module.nop());
  }
}

function isThis(b: Binaryen, node: Node | undefined): boolean {
  return node?.kind === b.LocalGetId && node.index === 0;
}

/** Statements of a constructor: a block at its beginning has those that the compiler made. */
function statements(b: Binaryen, body: Node): readonly Node[] {
  if (body.kind !== b.BlockId || body.name !== "") return [];
  const [first, ...rest] = body.parts;
  return first?.kind === b.BlockId && first.name === "" ? [...first.parts, ...rest] : body.parts;
}

/** `if (!this) this = …` */
function makesObject(b: Binaryen, { kind, parts }: Node): boolean {
  const [condition, then, otherwise] = parts;
  return (
    kind === b.IfId &&
    otherwise === undefined &&
    condition?.kind === b.UnaryId &&
    isThis(b, condition.parts[0]) &&
    then?.kind === b.LocalSetId &&
    then.index === 0
  );
}

/** Statements that make zero what is. */
function zeroing(b: Binaryen, calls: Calls, { name }: FunctionTree, rest: readonly Node[]): Node[] {
  const setter = `${name.slice(0, -CONSTRUCTOR.length)}#set:`;
  const found: Node[] = [];
  let at = 0;
  const [first] = rest;
  const parent = first?.kind === b.LocalSetId && first.index === 0 ? first.parts[0] : undefined;
  if (parent !== undefined) {
    const before = parent.kind === b.CallId && parent.name.endsWith(CONSTRUCTOR);
    if (!before || mayCall(calls, parent.name, setter)) return [];
    at = 1;
  }
  for (; at < rest.length; at++) {
    const { kind, name: callee, parts } = rest[at] as Node;
    const [self, value] = parts;
    const sets = kind === b.CallId && callee.startsWith(setter) && calls.onlyLinks(callee);
    if (!sets || !isThis(b, self) || value === undefined || hasThis(b, value)) break;
    if (isZero(b, value)) found.push(rest[at] as Node);
  }
  return found;
}

function hasThis(b: Binaryen, node: Node): boolean {
  let has = false;
  walk(node, (one) => {
    if (isThis(b, one)) has = true;
  });
  return has;
}

function isZero(b: Binaryen, { kind, ref }: Node): boolean {
  if (kind !== b.ConstId) return false;
  const { value } = b.getExpressionInfo(ref) as unknown as { readonly value: unknown };
  return Object.is(Number(value), 0);
}

/** Whether a function, or what it calls, may call one whose name begins so. */
function mayCall(calls: Calls, name: string, prefix: string, seen = new Set<string>()): boolean {
  if (name.startsWith(prefix)) return true;
  if (seen.has(name)) return false;
  seen.add(name);
  const tree = calls.functions.get(name);
  if (tree === undefined) return false;
  if (tree.body === undefined) return true;
  let may = false;
  walk(tree.body, (node) => {
    for (const callee of calls.allCallees(node)) may ||= mayCall(calls, callee, prefix, seen);
  });
  return may;
}
