import type { Calls } from "./calls.js";
import {
  ABORT,
  ALLOCATORS,
  BOUNDED,
  ENTER,
  isLibrary,
  isRuntime,
  isSdk,
  KEEP,
  KEEPING,
} from "./names.js";
import { type FunctionTree, type Node, walk } from "./tree.js";

/** What is known of a function: which it calls, and by its marks. */
interface Facts {
  readonly tree: FunctionTree;
  readonly calls: readonly { readonly node: Node; readonly callees: readonly string[] }[];
  /** Its calls are in a region. */
  readonly region: boolean;
  /** What it makes stays, and it does so only once. */
  readonly keeps: boolean;
  /** Its loops end by themselves. */
  readonly bounded: boolean;
}

/** Which functions make objects that stay after them, and which store references. */
export class MemoryUse {
  /** Functions that make objects outside of regions. */
  allocating: ReadonlySet<string> = new Set();
  /** Functions that may store a reference to a new object where it outlives them, or make something that is never given back. */
  readonly escaping: ReadonlySet<string>;
  /** Statements that are regions of their own. */
  readonly regions = new Set<Node>();
  readonly facts: ReadonlyMap<string, Facts>;
  readonly calls: Calls;

  /** @param library names of files, as for {@link isLibrary} */
  constructor(
    calls: Calls,
    private readonly library: ReadonlySet<string>,
  ) {
    this.calls = calls;
    this.facts = new Map(
      [...calls.functions.values()].map((tree) => [tree.name, this.read(tree)] as const),
    );
    this.escaping = this.spread(
      (facts) => this.storesReference(facts),
      ({ keeps }) => !keeps,
      () => true,
    );
    this.update();
  }

  /** Looks for allocations again, after regions were added. */
  update(): void {
    const inRegion = new Set<Node>();
    for (const region of this.regions) walk(region, (node) => inRegion.add(node));
    this.allocating = this.spread(
      ({ calls }) =>
        calls.some(
          ({ node, callees }) =>
            !inRegion.has(node) && callees.some((name) => ALLOCATORS.includes(name)),
        ),
      ({ region, keeps }) => !region && !keeps,
      (node) => !inRegion.has(node),
    );
  }

  /** Whether an expression makes objects outside of regions. */
  allocates(node: Node): boolean {
    return this.firstAllocation(node) !== undefined;
  }

  /** The first call in an expression that makes objects outside of regions. */
  firstAllocation(node: Node): Node | undefined {
    if (this.regions.has(node)) return undefined;
    const own = this.calls
      .callees(node)
      .some((name) => ALLOCATORS.includes(name) || this.allocating.has(name));
    if (own) return node;
    for (const part of node.parts) {
      const found = this.firstAllocation(part);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Whether an expression may store a reference where it outlives the expression, local variables aside. */
  escapes(node: Node): boolean {
    let found = false;
    walk(node, (one) => {
      if (this.stores(one) || this.calls.linksOwn(one)) found = true;
      if (this.calls.callees(one).some((name) => this.escaping.has(name))) found = true;
    });
    return found;
  }

  private read(tree: FunctionTree): Facts {
    const calls: { node: Node; callees: readonly string[] }[] = [];
    if (tree.body !== undefined) {
      walk(tree.body, (node) => {
        const callees = this.calls.callees(node).filter((name) => name !== ABORT);
        if (callees.length > 0) calls.push({ node, callees });
      });
    }
    const marked = (mark: string): boolean =>
      isSdk(tree.name) && calls.some(({ callees }) => callees.includes(mark));
    return {
      tree,
      calls,
      region: marked(ENTER),
      keeps: marked(KEEP),
      bounded: isLibrary(tree.name, this.library) || marked(BOUNDED),
    };
  }

  private storesReference({ tree, keeps }: Facts): boolean {
    if (isRuntime(tree.name) || keeps) return false;
    if (tree.body === undefined) return true;
    let found = false;
    walk(tree.body, (node) => {
      if (this.stores(node)) found = true;
    });
    return found;
  }

  private stores(node: Node): boolean {
    const { b } = this.calls;
    if (node.kind === b.GlobalSetId) {
      // A constant is the address of an object that was there from the beginning.
      return this.calls.holdsReference(node.name) && node.parts[0]?.kind !== b.ConstId;
    }
    return this.calls.callees(node).some((name) => KEEPING.includes(name));
  }

  /** The functions of which `begins` is true, and those that call them, as far as `passes` on. */
  private spread(
    begins: (facts: Facts) => boolean,
    passes: (facts: Facts) => boolean,
    counts: (node: Node) => boolean,
  ): Set<string> {
    const callers = new Map<string, Facts[]>();
    const found = new Set<string>();
    for (const facts of this.facts.values()) {
      if (isRuntime(facts.tree.name) || facts.tree.name === ABORT) continue;
      if (begins(facts) && passes(facts)) found.add(facts.tree.name);
      for (const { node, callees } of facts.calls) {
        if (!counts(node)) continue;
        for (const name of callees) callers.set(name, [...(callers.get(name) ?? []), facts]);
      }
    }
    for (const name of found) {
      for (const caller of callers.get(name) ?? []) if (passes(caller)) found.add(caller.tree.name);
    }
    return found;
  }
}
