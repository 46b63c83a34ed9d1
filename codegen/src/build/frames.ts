import type { Transform } from "assemblyscript/asc";
import { type Binaryen, type Module, partsByKind, type Ref, type Replace, replacer } from "./ir.js";

/**
 * Takes unneeded writes out of AssemblyScript's shadow stack. The incremental garbage collector finds what local variables hold in a stack of its own in memory:
 * each function has a frame there, and the compiler stores every reference in it that an operand of a call is, whether or not the same reference is in that
 * frame, or in the caller's, already. These stores are a third of a module's code.
 *
 * A store of an operand is dropped when the operand is a plain local variable whose every assignment, each a statement of its own, is a store to a slot that
 * nothing else is stored to; or a parameter, which the caller has in its frame as long as the call lasts (operands of every call and the parameters of exports
 * are stored there). A frame that nothing is stored in any more is dropped as a whole.
 *
 * It works on the code as the compiler hands it over, before optimisation, where these stores all have one form. A function with anything unknown in it is left
 * as it is.
 *
 * @module
 */

/** Name that the compiler gives the top of the stack. */
const STACK_POINTER = "~lib/memory/__stack_pointer";
const STACK_CHECK = "~stack_check";

/** What is read of an expression: the fields of all kinds together. */
interface Info {
  readonly id: number;
  readonly name?: string;
  readonly index?: number;
  readonly isTee?: boolean;
  readonly target?: string | Ref;
  readonly offset?: number | bigint;
  readonly ptr?: Ref;
  readonly value?: Ref;
  readonly dest?: Ref;
}

/** A store to the frame. */
interface FrameStore {
  readonly ref: Ref;
  readonly offset: number;
  /** Puts something else in its place; undefined where that is not possible. */
  readonly replace: Replace | undefined;
  /** Local and value if it stores what it assigns: `frame[offset] = local = value`. */
  readonly tee: { readonly local: number; readonly value: Ref } | undefined;
  /** The local that keeps the value as well, and where the store stands, if it is an assignment that is a statement. */
  readonly local: number | undefined;
  readonly zeroing: boolean;
}

/** Code that makes a frame (`size` below 0), drops it (above), or belongs to the making (0). */
interface Bracket {
  readonly replace: Replace;
  readonly size: number;
}

/** An operand that is stored: `{ t = source; frame[offset] = t; t }`. */
interface StoredOperand {
  readonly block: Ref;
  readonly store: Ref;
  /** The source: a local by index, or a global by name. */
  readonly source: number | string;
}

/** Thrown inside, for a function that is left alone. */
class Unknown extends Error {}

class FunctionFrames {
  readonly stores: FrameStore[] = [];
  readonly operands: StoredOperand[] = [];
  /** Globals that it assigns. */
  readonly globals = new Set<string>();
  /** How often each local is assigned. */
  readonly assigned = new Map<number, number>();
  /** Functions that it calls by name. */
  readonly calls = new Set<string>();
  /** Whether it calls functions through the table. */
  indirect = false;
  /** What makes and drops the frame. */
  readonly brackets: Bracket[] = [];
  private readonly b: Binaryen;
  private readonly parts: ReadonlyMap<number, readonly string[]>;

  constructor(b: Binaryen, parts: ReadonlyMap<number, readonly string[]>) {
    this.b = b;
    this.parts = parts;
  }

  private info(ref: Ref): Info {
    const { b } = this;
    const id = b.getExpressionId(ref);
    // binaryen has no description of some kinds, and fails on them.
    if (!this.parts.has(id)) throw new Unknown();
    if (id === b.NopId || id === b.UnreachableId) return { id };
    return b.getExpressionInfo(ref) as unknown as Info;
  }

  private isStackPointer(ref: Ref | undefined): boolean {
    if (ref === undefined || ref === 0) return false;
    const info = this.info(ref);
    return info.id === this.b.GlobalGetId && info.name === STACK_POINTER;
  }

  /**
   * @param first whether it is evaluated while no operand of an enclosing expression waits: then no reference that was read before can be lost by an assignment in it
   * @param replace puts another in its place
   */
  walk(ref: Ref, first: boolean, replace: Replace | undefined): void {
    const { b } = this;
    const info = this.info(ref);
    if (this.isFrameCode(ref, info, first, replace)) return;
    if (info.id === b.LocalSetId) this.count(info.index as number);
    else if (info.id === b.GlobalSetId) this.globals.add(info.name as string);
    else if (info.id === b.CallId) this.calls.add(info.target as string);
    else if (info.id === b.CallIndirectId) this.indirect = true;
    else if (info.id === b.BlockId) this.operand(ref, info);
    const sequence = info.id === b.BlockId || info.id === b.LoopId || info.id === b.IfId;
    let pending = false;
    for (const field of this.parts.get(info.id) as readonly string[]) {
      const value = (info as unknown as Record<string, Ref | Ref[] | undefined>)[field];
      const children = Array.isArray(value) ? value : [value];
      children.forEach((child, index) => {
        if (typeof child !== "number" || child === 0) return;
        this.walk(child, first && !pending, replacer(b, ref, info.id, field, index));
        pending ||= !sequence;
      });
    }
  }

  /** Code that makes, fills or drops the frame; true if it was that. */
  private isFrameCode(ref: Ref, info: Info, first: boolean, replace: Replace | undefined): boolean {
    const { b } = this;
    if (info.id === b.StoreId && this.isStackPointer(info.ptr))
      this.frameStore(ref, info, first, replace);
    else if (info.id === b.GlobalSetId && info.name === STACK_POINTER) this.bracket(info, replace);
    else if (info.id === b.CallId && info.target === STACK_CHECK) this.bracket(undefined, replace);
    else if (info.id === b.MemoryFillId && this.isStackPointer(info.dest))
      this.bracket(undefined, replace);
    else if (info.id === b.GlobalGetId && info.name === STACK_POINTER) throw new Unknown();
    else return false;
    return true;
  }

  private count(local: number): void {
    this.assigned.set(local, (this.assigned.get(local) ?? 0) + 1);
  }

  private frameStore(ref: Ref, info: Info, first: boolean, replace: Replace | undefined): void {
    const value = info.value as Ref;
    const what = this.info(value);
    const zeroing = what.id === this.b.ConstId;
    if (zeroing) this.bracket(undefined, replace);
    const tee =
      what.id === this.b.LocalSetId && what.isTee === true
        ? { local: what.index as number, value: what.value as Ref }
        : undefined;
    this.stores.push({
      ref,
      offset: Number(info.offset),
      replace,
      tee,
      local: first ? tee?.local : undefined,
      zeroing,
    });
    this.walk(value, first, undefined);
  }

  /** `stack_pointer = stack_pointer ± size`, the check that follows, and the zeros at the beginning. */
  private bracket(set: Info | undefined, replace: Replace | undefined): void {
    if (replace === undefined) throw new Unknown();
    const { b } = this;
    let size = 0;
    if (set !== undefined) {
      const sum = b.getExpressionInfo(set.value as Ref) as unknown as {
        id: number;
        op: number;
        left: Ref;
        right: Ref;
      };
      if (sum.id !== b.BinaryId || !this.isStackPointer(sum.left)) throw new Unknown();
      const amount = this.info(sum.right);
      if (amount.id !== b.ConstId || (sum.op !== b.AddInt32 && sum.op !== b.SubInt32))
        throw new Unknown();
      size = Number(amount.value) * (sum.op === b.AddInt32 ? 1 : -1);
    }
    this.brackets.push({ replace, size });
  }

  private operand(block: Ref, info: Info): void {
    const { b } = this;
    const children = (info as unknown as { children: Ref[] }).children;
    if (children.length !== 3) return;
    const [set, store, get] = children.map((child) => this.info(child)) as [Info, Info, Info];
    if (set.id !== b.LocalSetId || store.id !== b.StoreId || get.id !== b.LocalGetId) return;
    if (!this.isStackPointer(store.ptr) || set.index !== get.index) return;
    const stored = this.info(store.value as Ref);
    const source = this.info(set.value as Ref);
    if (stored.id !== b.LocalGetId || stored.index !== set.index) return;
    if (source.id !== b.LocalGetId && source.id !== b.GlobalGetId) return;
    this.operands.push({
      block,
      store: children[1] as Ref,
      source: (source.index ?? source.name) as number | string,
    });
  }

  /** Whether a local's value is in a frame whenever it has one. */
  isRooted(local: number, parameters: number): boolean {
    const count = this.assigned.get(local) ?? 0;
    const own = this.stores.filter((store) => store.local === local);
    if (own.length !== count) return false;
    if (count === 0) return local < parameters;
    const slot = own[0]?.offset;
    return this.stores.every(
      (store) => store.zeroing || (store.offset === slot) === (store.local === local),
    );
  }
}

/** Whether a function is a file's top-level code, which runs once, and no two of them at a time. */
function isStart(name: string): boolean {
  return name === "~start" || name.startsWith("start:");
}

/** A function and its frame, if its code has nothing unknown in it. */
interface Analysed {
  readonly name: string;
  readonly parameters: number;
  readonly frames: FunctionFrames | undefined;
}

/** What the collector does while the module runs on: only these functions can free an object. */
const COLLECTORS: readonly string[] = ["~lib/rt/itcms/step", "~lib/rt/itcms/__collect"];
/** Functions of the shadow stack itself. They assign nothing and collect nothing. */
const OWN: readonly string[] = ["~lib/rt/itcms/visitStack", STACK_CHECK];

/** Names of the functions during which objects may be freed. */
function collecting(functions: readonly Analysed[]): Set<string> {
  const callers = new Map<string, string[]>();
  const found = new Set(COLLECTORS);
  for (const { name, frames } of functions) {
    if (frames === undefined ? !OWN.includes(name) : frames.indirect) found.add(name);
    for (const callee of frames?.calls ?? [])
      callers.set(callee, [...(callers.get(callee) ?? []), name]);
  }
  for (const name of found) for (const caller of callers.get(name) ?? []) found.add(caller);
  return found;
}

/** Trims the frames of every function of a module. */
export function trimFrames(binaryen: Transform["binaryen"], module: Module): void {
  const b = binaryen as Binaryen;
  const functions = analyse(b, module);
  const collects = collecting(functions);
  const unknown = functions.some(({ name, frames }) => frames === undefined && !OWN.includes(name));
  /** Globals that change outside top-level code. */
  const changing = new Set(
    functions
      .filter(({ name }) => !isStart(name))
      .flatMap(({ frames }) => [...(frames?.globals ?? [])]),
  );
  addFrameFunctions(b, module);
  for (const { name, parameters, frames } of functions) {
    if (frames === undefined || frames.stores.length === 0) continue;
    const free = !collects.has(name) && frames.stores.every(({ replace }) => replace !== undefined);
    const dropped = new Set<Ref>();
    for (const { block, store, source } of frames.operands) {
      const rooted =
        typeof source === "number"
          ? frames.isRooted(source, parameters)
          : !unknown && !isStart(name) && !changing.has(source);
      if (!rooted && !free) continue;
      b.Block.setChildAt(block, 1, module.nop());
      dropped.add(store);
    }
    const rest = frames.stores.filter(({ ref, zeroing }) => !zeroing && !dropped.has(ref));
    if (rest.length > 0 && !free) {
      // One function makes all frames and one drops them: a call is a third of the code.
      for (const { replace, size } of frames.brackets) {
        replace(
          size === 0
            ? module.nop()
            : module.call(size < 0 ? ENTER : LEAVE, [module.i32.const(Math.abs(size))], b.none),
        );
      }
      continue;
    }
    for (const { replace, tee } of rest)
      replace?.(tee === undefined ? module.nop() : module.local.set(tee.local, tee.value));
    for (const { replace } of frames.brackets) replace(module.nop());
  }
}

const ENTER = "~wbpf/enter";
const LEAVE = "~wbpf/leave";

/** Adds the functions that make a frame, all zero, and drop it. */
function addFrameFunctions(b: Binaryen, module: Module): void {
  const top = (): Ref => module.global.get(STACK_POINTER, b.i32);
  const size = (): Ref => module.local.get(0, b.i32);
  const make = [
    module.global.set(STACK_POINTER, module.i32.sub(top(), size())),
    module.call(STACK_CHECK, [], b.none),
    module.memory.fill(top(), module.i32.const(0), size()),
  ];
  module.addFunction(ENTER, b.i32, b.none, [], module.block(null, make));
  module.addFunction(
    LEAVE,
    b.i32,
    b.none,
    [],
    module.global.set(STACK_POINTER, module.i32.add(top(), size())),
  );
}

function analyse(b: Binaryen, module: Module): Analysed[] {
  const parts = partsByKind(b);
  const result: Analysed[] = [];
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const {
      name,
      module: from,
      params,
      body,
    } = b.getFunctionInfo(module.getFunctionByIndex(index));
    if (from !== null && from !== "") continue;
    const frames = new FunctionFrames(b, parts);
    const parameters = b.expandType(params).length;
    try {
      frames.walk(body, true, undefined);
      result.push({ name, parameters, frames });
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      result.push({ name, parameters, frames: undefined });
    }
  }
  return result;
}
