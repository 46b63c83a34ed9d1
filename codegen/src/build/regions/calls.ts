import type { Binaryen, Module } from "../ir.js";
import { LINK } from "./names.js";
import { type FunctionTree, type Node, walk } from "./tree.js";

/** Parts of the compiler's model of the program that are looked at here. */
export interface ProgramModel {
  readonly instancesByName: ReadonlyMap<
    string,
    {
      readonly signature?: {
        readonly returnType: TypeModel;
        readonly parameterTypes: readonly TypeModel[];
        readonly thisType: TypeModel | null;
      };
      /** Parameters, variables, and what the compiler keeps for itself. */
      readonly localsByIndex?: readonly { readonly type: TypeModel }[];
    }
  >;
  readonly elementsByName: ReadonlyMap<string, { readonly type?: TypeModel }>;
  readonly options: { exportRuntime: boolean; exportTable: boolean; stackSize: number };
  readonly module: { useShadowStack: boolean };
}
export interface TypeModel {
  readonly isManaged: boolean;
  /** `TypeKind` of the compiler. */
  readonly kind: number;
}

/** `TypeKind` of what an address fits in: `isize`, and `usize`, which references are too. */
const ADDRESSES: readonly number[] = [5, 10];
const isAddress = ({ isManaged, kind }: TypeModel): boolean =>
  isManaged || ADDRESSES.includes(kind);

/** Functions by name, and which of them each call may reach. */
export class Calls {
  readonly functions: ReadonlyMap<string, FunctionTree>;
  readonly b: Binaryen;
  readonly program: ProgramModel;
  private readonly table: readonly FunctionTree[];
  /** Calls of constructors that store a reference in the object that is constructed. */
  private readonly ownLinks = new Set<Node>();

  constructor(
    b: Binaryen,
    module: Module,
    program: ProgramModel,
    functions: readonly FunctionTree[],
  ) {
    this.b = b;
    this.program = program;
    this.functions = new Map(functions.map((one) => [one.name, one]));
    const table = new Set<string>();
    for (let i = 0; i < module.getNumElementSegments(); i++) {
      for (const name of b.getElementSegmentInfo(module.getElementSegmentByIndex(i)).data)
        table.add(name);
    }
    this.table = functions.filter(({ name }) => table.has(name));
    for (const one of functions) this.findHarmless(one);
  }

  /** Names of the functions that an expression by itself calls, not its parts; without what stores a reference in the object that is constructed. */
  callees(node: Node): readonly string[] {
    return this.ownLinks.has(node) ? [] : this.allCallees(node);
  }

  /** The same with that. */
  allCallees(node: Node): readonly string[] {
    const { b } = this;
    if (node.kind === b.CallId) return [node.name];
    if (node.kind !== b.CallIndirectId) return [];
    // The last part is the place in the table.
    const operands = node.parts.slice(0, -1).map(({ type }) => type);
    return this.table
      .filter(
        ({ parameters, results }) =>
          parameters.length === operands.length &&
          parameters.every((type, i) => type === operands[i] || operands[i] === b.unreachable) &&
          (results === node.type || node.type === b.unreachable),
      )
      .map(({ name }) => name);
  }

  /**
   * Whether an expression stores a reference in the object that its constructor makes. That object is no older than the call of the constructor, but it is older than a part of the
   * constructor.
   */
  linksOwn(node: Node): boolean {
    return this.ownLinks.has(node);
  }

  private findHarmless({ name, body }: FunctionTree): void {
    if (body === undefined) return;
    const { b } = this;
    const constructs = name.endsWith("#constructor") && !this.returnsAnother(body);
    walk(body, (node) => {
      const [first] = node.parts;
      if (node.kind === b.CallId && constructs && first !== undefined) {
        const own = first.kind === b.LocalGetId && first.index === 0;
        if (own && (node.name === LINK || this.onlyLinks(node.name))) this.ownLinks.add(node);
      }
    });
  }

  /** Whether a constructor gives back something else than the object that it was called for. */
  private returnsAnother(body: Node): boolean {
    const { b } = this;
    let another = false;
    walk(body, ({ kind, parts }) => {
      const [value] = parts;
      if (kind === b.ReturnId && (value?.kind !== b.LocalGetId || value.index !== 0))
        another = true;
    });
    return another;
  }

  /** Whether a function is the setter of a field that the compiler made. */
  onlyLinks(name: string): boolean {
    const body = this.functions.get(name)?.body;
    if (body === undefined || !name.includes("#set:")) return false;
    const { b } = this;
    let only = true;
    walk(body, ({ kind, name }) => {
      const known = [b.BlockId, b.StoreId, b.LocalGetId, b.ConstId, b.NopId, b.ReturnId];
      if (!known.includes(kind) && !(kind === b.CallId && name === LINK)) only = false;
    });
    return only;
  }

  /** Whether a function's result may be a reference to an object. */
  returnsReference(name: string): boolean {
    const signature = this.signature(name);
    return signature === undefined || signature.returnType.isManaged;
  }

  /** Whether it may be such a reference, or an address that was made of one. */
  returnsAddress(name: string): boolean {
    const signature = this.signature(name);
    return signature === undefined || isAddress(signature.returnType);
  }

  /** Whether a function's local variable may hold one: an address is of a type that addresses have. */
  holdsAddress(name: string, index: number): boolean {
    const type = this.program.instancesByName.get(name)?.localsByIndex?.[index]?.type;
    return type === undefined || isAddress(type);
  }

  /** Whether a parameter, counted as in Wasm, may be such a reference. */
  takesReference(name: string, index: number): boolean {
    const signature = this.signature(name);
    if (signature === undefined) return true;
    const types = [
      ...(signature.thisType === null ? [] : [signature.thisType]),
      ...signature.parameterTypes,
    ];
    return types[index]?.isManaged ?? true;
  }

  /** Whether a global may hold one. */
  holdsReference(global: string): boolean {
    // What the compiler itself adds holds none.
    if (global.startsWith("~argumentsLength")) return false;
    return this.program.elementsByName.get(global)?.type?.isManaged ?? true;
  }

  private signature(name: string) {
    return this.program.instancesByName.get(name.replace(/@(override|varargs)$/, ""))?.signature;
  }
}
