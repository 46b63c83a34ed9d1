import type { Transform } from "assemblyscript/asc";
import type { Binaryen, Module } from "../ir.js";
import { Calls, type ProgramModel } from "./calls.js";
import { trimConstructors } from "./fresh.js";
import { leaveOutBlockSizes } from "./headers.js";
import { Locals } from "./locals.js";
import { MemoryUse } from "./memory.js";
import { ENTER, isRuntime, LEAVE, RESET, shownName } from "./names.js";
import { madeForRecords } from "./records.js";
import { RUNTIME_EXPORTS } from "./runtime.js";
import { type FunctionTree, type Node, readFunctions, walk } from "./tree.js";

/** A module that needs AssemblyScript's collector, and why. */
export class NeedsCollector extends Error {}

/**
 * The step inside the compiler that makes regions of statements in loops and of exported functions, and checks that nothing is left which a collector would be needed for: see
 * docs/build.md, "Memory". It works on the code before optimisation.
 *
 * @param compiler the compiler's own module
 * @param library names of the files of the compiler's own library, without `~lib/`
 * @param found gets what {@link madeForRecords} found
 * @returns a class, which throws {@link NeedsCollector} inside the compiler
 */
export function regionsTransform(
  compiler: unknown,
  library: readonly string[],
  found: (made: string | undefined) => void = () => {},
): Transform {
  class RegionsTransform {
    declare readonly binaryen: Transform["binaryen"];
    declare readonly program: Transform["program"];

    afterInitialize(): void {
      const { options, module } = this.program as unknown as ProgramModel;
      // What calls in from outside may hold references of its own.
      if (options.exportRuntime) throw new NeedsCollector("the runtime is exported");
      if (options.exportTable) throw new NeedsCollector("the table is exported");
      // No shadow stack.
      options.stackSize = 0;
      module.useShadowStack = false;
      leaveOutBlockSizes(compiler, this.program);
    }

    afterCompile(module: Module): void {
      const program = this.program as unknown as ProgramModel;
      const binaryen = this.binaryen as Binaryen;
      for (const name of RUNTIME_EXPORTS) module.removeExport(name);
      const regions = new Regions(binaryen, module, program, new Set(library));
      found(madeForRecords(regions.use));
      regions.apply();
      for (const [set, value] of INLINING) binaryen[set](value);
      module.runPasses(["inlining"]);
    }
  }
  return RegionsTransform as unknown as Transform;
}

/**
 * What the pass goes by, in binaryen's count of expressions: up to 10 a function is no larger than a call of it; the others are as binaryen begins with them. All of it is said, because binaryen keeps
 * it for the whole process, and the compiler has set it for a module before.
 */
const INLINING = [
  ["setAlwaysInlineMaxSize", 10],
  ["setFlexibleInlineMaxSize", 20],
  ["setOneCallerInlineMaxSize", -1],
  ["setOptimizeLevel", 2],
  ["setShrinkLevel", 1],
] as const;

class Regions {
  private readonly b: Binaryen;
  private readonly module: Module;
  private readonly calls: Calls;
  readonly use: MemoryUse;
  private readonly locals = new Map<FunctionTree, Locals>();
  /** Statements that follow each other and are one region. */
  private readonly groups: (readonly Node[])[] = [];
  /** Statements of loops that could not become regions. */
  private readonly failed: { readonly tree: FunctionTree; readonly node: Node }[] = [];

  constructor(b: Binaryen, module: Module, program: ProgramModel, library: ReadonlySet<string>) {
    this.b = b;
    this.module = module;
    this.calls = new Calls(b, module, program, readFunctions(b, module));
    this.use = new MemoryUse(this.calls, library);
  }

  apply(): void {
    const { b, use } = this;
    for (const { tree, region, bounded, keeps } of use.facts.values()) {
      const known = region || bounded || keeps || isRuntime(tree.name);
      if (tree.body === undefined || known) continue;
      walk(tree.body, (node) => {
        const [body] = node.parts;
        if (node.kind === b.LoopId && body !== undefined) this.cover(tree, body);
      });
    }
    use.update();
    this.check();
    for (const [first, ...others] of this.groups) {
      const { module } = this;
      const refs = [first as Node, ...others].map(({ ref }) => ref);
      const statements = module.block(null, [...refs, module.i32.const(0)], b.i32);
      first?.replace?.(module.call(LEAVE, [module.call(ENTER, [], b.i32), statements], b.none));
      for (const { replace } of others) replace?.(module.nop());
    }
    this.coverExports();
    this.dropResets();
    trimConstructors(b, this.module, this.calls);
  }

  /** Makes regions of what makes objects in a statement: the statement as a whole, or else its parts. */
  private cover(tree: FunctionTree, node: Node): void {
    const { b, use } = this;
    if (!use.allocates(node) || this.makeRegion(tree, [node])) return;
    if (node.kind === b.BlockId) {
      this.coverSequence(tree, node.parts);
    } else if (node.kind === b.LoopId) {
      for (const part of node.parts) this.cover(tree, part);
    } else if (node.kind === b.IfId) {
      const [condition, ...arms] = node.parts;
      if (condition !== undefined && use.allocates(condition))
        this.failed.push({ tree, node: condition });
      for (const arm of arms) this.cover(tree, arm);
    } else {
      this.failed.push({ tree, node });
    }
  }

  /** Statements of a block, up to one that leaves the block, are one region: a variable may go from one to the next. */
  private coverSequence(tree: FunctionTree, parts: readonly Node[]): void {
    const { b, use } = this;
    let run: Node[] = [];
    const end = (): void => {
      if (run.length > 1 && !this.makeRegion(tree, run))
        for (const one of run) this.cover(tree, one);
      else if (run.length === 1) for (const one of run) this.cover(tree, one);
      run = [];
    };
    for (const part of parts) {
      if (part.type !== b.none || this.leaves([part])) {
        end();
        this.cover(tree, part);
      } else if (run.length > 0 || use.allocates(part)) {
        run.push(part);
      }
    }
    end();
  }

  private leaves(nodes: readonly Node[]): boolean {
    const { b } = this;
    const labels = new Set<string>();
    const all: Node[] = [];
    for (const node of nodes) walk(node, (one) => void all.push(one));
    for (const { kind, name } of all) if (kind === b.BlockId || kind === b.LoopId) labels.add(name);
    return all.some(
      ({ kind, targets }) => kind === b.ReturnId || targets.some((target) => !labels.has(target)),
    );
  }

  private makeRegion(tree: FunctionTree, nodes: readonly Node[]): boolean {
    const { b, use } = this;
    if (nodes.some(({ replace, type }) => replace === undefined || type !== b.none)) return false;
    if (this.leaves(nodes) || nodes.some((node) => use.escapes(node))) return false;
    let locals = this.locals.get(tree);
    if (locals === undefined) {
      locals = new Locals(this.calls, tree);
      this.locals.set(tree, locals);
    }
    if (!locals.areDeadAfter(nodes)) return false;
    for (const node of nodes) use.regions.add(node);
    this.groups.push(nodes);
    return true;
  }

  private check(): void {
    const { use } = this;
    for (const { tree, node } of this.failed) {
      const call = use.firstAllocation(node);
      if (call !== undefined)
        throw new NeedsCollector(
          `${shownName(tree.name)} makes objects in a loop and may keep them (${shownName(call.name)})`,
        );
    }
    for (const { tree, region, calls } of use.facts.values()) {
      if (tree.body === undefined && use.allocating.has(tree.name))
        throw new NeedsCollector(`${shownName(tree.name)} has unknown instructions`);
      if (this.growsMemory(tree))
        throw new NeedsCollector(`${shownName(tree.name)} makes the memory larger by itself`);
      if (!region) continue;
      for (const { callees } of calls) {
        const culprit = callees.find((name) => use.escaping.has(name));
        if (culprit !== undefined)
          throw new NeedsCollector(
            `${shownName(this.origin(culprit))} keeps what is made while a record is handled`,
          );
      }
    }
    this.checkRecursion();
  }

  /** The runtime takes memory to its end, whoever made it larger. */
  private growsMemory({ name, body }: FunctionTree): boolean {
    let grows = false;
    if (body !== undefined && !isRuntime(name))
      walk(body, ({ kind }) => {
        if (kind === this.b.MemoryGrowId) grows = true;
      });
    return grows;
  }

  /** Of the functions that an escaping function calls, the one that itself stores the reference. */
  private origin(name: string, seen: Set<string> = new Set()): string {
    seen.add(name);
    for (const { callees } of this.use.facts.get(name)?.calls ?? []) {
      for (const callee of callees)
        if (this.use.escaping.has(callee) && !seen.has(callee)) return this.origin(callee, seen);
    }
    return name;
  }

  /** A function that calls itself may do so any number of times. */
  private checkRecursion(): void {
    const { allocating, facts } = this.use;
    const done = new Set<string>();
    const path = new Set<string>();
    const visit = (name: string): void => {
      if (path.has(name))
        throw new NeedsCollector(`${shownName(name)} makes objects and calls itself`);
      if (done.has(name) || !allocating.has(name)) return;
      path.add(name);
      for (const { callees } of facts.get(name)?.calls ?? []) for (const one of callees) visit(one);
      path.delete(name);
      done.add(name);
    };
    for (const name of allocating) visit(name);
  }

  /** A host may call an exported function any number of times. */
  private coverExports(): void {
    const { b, module, calls, use } = this;
    for (let i = module.getNumExports() - 1; i >= 0; i--) {
      const { kind, name, value } = b.getExportInfo(module.getExportByIndex(i));
      const tree = calls.functions.get(value);
      if (kind !== b.ExternalFunction || name === "_start" || tree === undefined) continue;
      if (!use.allocating.has(value)) continue;
      const { parameters, results } = tree;
      const handsOver =
        calls.returnsReference(value) ||
        parameters.some((_, index) => calls.takesReference(value, index));
      if (handsOver || use.escaping.has(value))
        throw new NeedsCollector(`${name} is exported, makes objects and may keep them`);
      const outer = parameters.length;
      const result = outer + 1;
      const call = module.call(
        value,
        parameters.map((type, index) => module.local.get(index, type)),
        results,
      );
      const none = results === b.none;
      const body = [
        module.local.set(outer, module.call(ENTER, [], b.i32)),
        none ? call : module.local.set(result, call),
        module.call(LEAVE, [module.local.get(outer, b.i32), module.i32.const(0)], b.none),
        ...(none ? [] : [module.local.get(result, results)]),
      ];
      const wrapper = `~wbpf/${name}`;
      module.addFunction(
        wrapper,
        b.createType([...parameters]),
        results,
        [b.i32, ...(none ? [] : [results])],
        module.block(null, body, results),
      );
      module.removeExport(name);
      module.addFunctionExport(wrapper, name);
    }
  }

  /** A loop over records whose handler makes nothing has nothing to give back. */
  private dropResets(): void {
    const { use, module } = this;
    for (const { region, calls } of use.facts.values()) {
      const makes = calls.some(({ callees }) => callees.some((name) => use.allocating.has(name)));
      if (!region || makes) continue;
      for (const { node } of calls) if (node.name === RESET) node.replace?.(module.nop());
    }
  }
}
