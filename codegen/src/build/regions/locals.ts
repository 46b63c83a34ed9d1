import type { Calls } from "./calls.js";
import { type FunctionTree, type Node, walk } from "./tree.js";

/** The local variables of a function. */
export class Locals {
  private readonly calls: Calls;
  /** Variables that hold no reference to an object, nor an address that was made of one. */
  private readonly numbers: ReadonlySet<number>;
  private readonly reads: ReadonlyMap<number, number>;

  constructor(calls: Calls, { name, parameters, body }: FunctionTree) {
    this.calls = calls;
    const { b } = calls;
    const sets: Node[] = [];
    const reads = new Map<number, number>();
    const all = new Set<number>(parameters.map((_, index) => index));
    if (body !== undefined) {
      walk(body, (node) => {
        if (node.kind === b.LocalSetId) {
          sets.push(node);
          all.add(node.index);
        } else if (node.kind === b.LocalGetId) {
          reads.set(node.index, (reads.get(node.index) ?? 0) + 1);
          all.add(node.index);
        }
      });
    }
    this.reads = reads;
    const numbers = new Set(
      [...all].filter(
        (index) =>
          index >= parameters.length ||
          parameters[index] !== b.i32 ||
          !calls.takesReference(name, index),
      ),
    );
    this.numbers = numbers;
    const unsure = sets.filter(({ index }) => calls.holdsAddress(name, index));
    for (let before = -1; before !== numbers.size; ) {
      before = numbers.size;
      for (const { index, parts } of unsure)
        if (parts[0] !== undefined && !this.isNumber(parts[0])) numbers.delete(index);
    }
  }

  /**
   * Whether no reference that these statements leave in a variable is read after them: by what follows, or by themselves when a loop comes back to them.
   */
  areDeadAfter(statements: readonly Node[]): boolean {
    const { b } = this.calls;
    const reads = new Map<number, number>();
    const set = new Set<number>();
    for (const statement of statements) {
      walk(statement, ({ kind, index }) => {
        if (kind === b.LocalSetId && !this.numbers.has(index)) set.add(index);
        if (kind === b.LocalGetId) reads.set(index, (reads.get(index) ?? 0) + 1);
      });
    }
    for (const index of set) if (reads.get(index) !== this.reads.get(index)) return false;
    const done = new Set<number>();
    return statements.every((statement) => this.isSetFirst(statement, set, done));
  }

  /** Whether each of these variables is set before it is read; adds to `done` what is set for certain. */
  private isSetFirst(node: Node, watched: ReadonlySet<number>, done: Set<number>): boolean {
    const { b } = this.calls;
    const { kind, parts, index } = node;
    if (kind === b.LocalGetId) return !watched.has(index) || done.has(index);
    if (kind === b.IfId) {
      const [condition, ifTrue, ifFalse] = parts as [Node, Node, Node?];
      if (!this.isSetFirst(condition, watched, done)) return false;
      const first = new Set(done);
      const second = new Set(done);
      if (!this.isSetFirst(ifTrue, watched, first)) return false;
      if (ifFalse !== undefined && !this.isSetFirst(ifFalse, watched, second)) return false;
      for (const one of first) if (second.has(one)) done.add(one);
      return true;
    }
    // A branch to its end may have left out what it sets.
    const inside = kind === b.BlockId && node.name !== "" ? new Set(done) : done;
    for (const part of parts) if (!this.isSetFirst(part, watched, inside)) return false;
    if (kind === b.LocalSetId) inside.add(index);
    return true;
  }

  /** Whether the value of an expression is no reference to an object that was made while the module runs. */
  private isNumber(node: Node): boolean {
    const { b } = this.calls;
    const { kind, type, parts } = node;
    if (type !== b.i32) return true;
    if (kind === b.ConstId || kind === b.UnaryId) return true;
    // What is reckoned with an address may be one.
    if (kind === b.BinaryId) return parts.every((part) => this.isNumber(part));
    if (kind === b.MemorySizeId || kind === b.MemoryGrowId) return true;
    if (kind === b.LoadId) return node.bytes < 4;
    if (kind === b.LocalGetId) return this.numbers.has(node.index);
    if (kind === b.GlobalGetId) return !this.calls.holdsReference(node.name);
    if (kind === b.CallId) return !this.calls.returnsAddress(node.name);
    if (kind === b.LocalSetId) return parts[0] !== undefined && this.isNumber(parts[0]);
    if (kind === b.IfId) return parts.slice(1).every((part) => this.isNumber(part));
    if (kind === b.SelectId) return parts.slice(0, 2).every((part) => this.isNumber(part));
    if (kind !== b.BlockId) return false;
    let number = parts.length > 0 && this.isNumber(parts.at(-1) as Node);
    if (node.name !== "") {
      walk(node, (one) => {
        const value = one.kind === b.BreakId && one.name === node.name ? one.parts[0] : undefined;
        if (value !== undefined && !this.isNumber(value)) number = false;
      });
    }
    return number;
  }
}
