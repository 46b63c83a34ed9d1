/** Parts of the AssemblyScript compiler that are used to compile a template literal in another way. */

export type Ref = number;

export interface Node {
  readonly kind: number;
}
export interface Template extends Node {
  readonly literalKind: number;
  readonly tag: Node | null;
  readonly parts: readonly string[];
  readonly expressions: readonly Node[];
}
export interface Call extends Node {
  readonly expression: Node;
  readonly args: readonly Node[];
  readonly typeArguments: readonly Node[] | null;
}
export interface PropertyAccess extends Node {
  readonly expression: Node;
  readonly property: { readonly text: string };
}
export interface Parenthesized extends Node {
  readonly expression: Node;
}

export interface Type {
  readonly isIntegerValue: boolean;
  readonly isSignedIntegerValue: boolean;
  readonly isBooleanValue: boolean;
}

export interface Instance {
  readonly internalName: string;
}

/** The compiler while it compiles. */
export interface CompilerState {
  readonly program: {
    readonly elementsByName: ReadonlyMap<string, object>;
    readonly stringInstance: { readonly type: Type };
  };
  readonly resolver: {
    resolveFunction(prototype: object, typeArguments: null): Instance | null;
    resolveExpression(node: Node, flow: object, type: Type, mode: number): Type | null;
  };
  readonly currentFlow: object;
  readonly currentType: Type;
  compileExpression(node: Node, type: Type, constraints?: number): Ref;
  convertExpression(ref: Ref, from: Type, to: Type, explicit: boolean, node: Node): Ref;
  makeToString(ref: Ref, type: Type, node: Node): Ref;
  ensureStaticString(text: string): Ref;
  makeCallDirect(instance: Instance, operands: Ref[], node: Node): Ref;
}

/** Its class, and the enums that are there when it runs. */
export interface CompilerModule {
  readonly Compiler: {
    readonly prototype: {
      compileTemplateLiteral(this: CompilerState, template: Template, constraints: number): Ref;
      compileCallDirect(
        this: CompilerState,
        instance: Instance,
        args: readonly Node[],
        node: Node,
        thisArg?: Ref,
        constraints?: number,
      ): Ref;
    };
  };
  readonly Type: Readonly<Record<"i32" | "i64" | "u64" | "auto", Type>>;
  readonly NodeKind: Readonly<
    Record<"Literal" | "Call" | "PropertyAccess" | "Parenthesized", number>
  >;
  readonly LiteralKind: Readonly<Record<"Template", number>>;
  readonly ReportMode: Readonly<Record<"Swallow", number>>;
  readonly Constraints: Readonly<Record<"ConvImplicit", number>>;
}
