import type {
  Call,
  CompilerModule,
  CompilerState,
  Node,
  Parenthesized,
  PropertyAccess,
  Ref,
  Template,
} from "./compiler.js";

/** The SDK's functions for it. */
const PARTS = "~lib/@wbpf/sdk/assembly/console/parts/";
const PADS: readonly string[] = ["padStart", "padEnd"];
/** What a string is filled up with unless it says otherwise. */
const BLANK = " ";

/** The template literal that an expression is, if it has something to put into it. */
export function asTemplate(compiler: CompilerModule, node: Node): Template | undefined {
  const inner = withoutParentheses(compiler, node);
  if (inner.kind !== compiler.NodeKind.Literal) return undefined;
  const template = inner as Template;
  const plain =
    template.literalKind === compiler.LiteralKind.Template &&
    template.tag === null &&
    template.expressions.length > 0;
  return plain ? template : undefined;
}

function withoutParentheses({ NodeKind }: CompilerModule, node: Node): Node {
  let inner = node;
  while (inner.kind === NodeKind.Parenthesized) inner = (inner as Parenthesized).expression;
  return inner;
}

/** Compiles a template literal part by part. */
export class Parts {
  private readonly compiler: CompilerModule;
  private readonly state: CompilerState;

  constructor(compiler: CompilerModule, state: CompilerState) {
    this.compiler = compiler;
    this.state = state;
  }

  /**
   * Calls a function of the SDK with the beginning of the text, once all its parts are added.
   * @param name what is done with the text
   */
  compile(template: Template, name: string): Ref {
    const text = this.addTemplate(this.call("begin", [], template), template);
    return this.call(name, [text], template);
  }

  /** Adds the value of an expression. */
  private add(chain: Ref, node: Node): Ref {
    const { compiler, state } = this;
    const inner = withoutParentheses(compiler, node);
    const nested = asTemplate(compiler, inner);
    if (nested !== undefined) return this.addTemplate(chain, nested);
    const method = this.method(inner);
    if (method !== undefined && PADS.includes(method.name)) {
      const { receiver, args, name } = method;
      const [length, fill] = args;
      const text = state.program.stringInstance.type;
      if (length !== undefined && args.length <= 2 && this.typeOf(receiver) === text) {
        const mark = this.add(this.call("begin", [], inner), receiver);
        const { i32 } = compiler.Type;
        const { ConvImplicit } = compiler.Constraints;
        const operands = [
          state.compileExpression(length, i32, ConvImplicit),
          fill === undefined
            ? state.ensureStaticString(BLANK)
            : state.compileExpression(fill, text, ConvImplicit),
        ];
        return this.call(name, [chain, mark, ...operands], inner);
      }
    }
    if (method?.name === "toString" && method.args.length === 0) {
      const type = this.typeOf(method.receiver);
      if (type?.isIntegerValue === true && !type.isBooleanValue)
        return this.addValue(chain, method.receiver, type);
    }
    return this.addValue(chain, inner, state.program.stringInstance.type);
  }

  /** Adds what a template literal consists of: one in another needs no string of its own. */
  private addTemplate(chain: Ref, template: Template): Ref {
    let whole = chain;
    template.parts.forEach((text, i) => {
      if (text !== "")
        whole = this.call("addText", [whole, this.state.ensureStaticString(text)], template);
      const expression = template.expressions[i];
      if (expression !== undefined) whole = this.add(whole, expression);
    });
    return whole;
  }

  /** @param wanted the type that the compiler is to prefer */
  private addValue(chain: Ref, node: Node, wanted: CompilerState["currentType"]): Ref {
    const { state, compiler } = this;
    const value = state.compileExpression(node, wanted);
    const type = state.currentType;
    if (!type.isIntegerValue || type.isBooleanValue)
      return this.call("addText", [chain, state.makeToString(value, type, node)], node);
    const signed = type.isSignedIntegerValue;
    const wide = signed ? compiler.Type.i64 : compiler.Type.u64;
    const number = state.convertExpression(value, type, wide, true, node);
    return this.call(signed ? "addSigned" : "addUnsigned", [chain, number], node);
  }

  private method(
    node: Node,
  ):
    | { readonly receiver: Node; readonly name: string; readonly args: readonly Node[] }
    | undefined {
    const { NodeKind } = this.compiler;
    if (node.kind !== NodeKind.Call) return undefined;
    const { expression, args, typeArguments } = node as Call;
    if (typeArguments !== null || expression.kind !== NodeKind.PropertyAccess) return undefined;
    const { expression: receiver, property } = expression as PropertyAccess;
    return { receiver, name: property.text, args };
  }

  /** The type of an expression, as far as it can be told before it is compiled. */
  private typeOf(node: Node) {
    const { resolver, currentFlow } = this.state;
    const { Type, ReportMode } = this.compiler;
    return resolver.resolveExpression(node, currentFlow, Type.auto, ReportMode.Swallow);
  }

  private call(name: string, operands: Ref[], node: Node): Ref {
    const { program, resolver } = this.state;
    const prototype = program.elementsByName.get(PARTS + name);
    const instance = prototype === undefined ? null : resolver.resolveFunction(prototype, null);
    if (instance === null) throw new Error(`the SDK has no ${PARTS}${name}`);
    return this.state.makeCallDirect(instance, operands, node);
  }
}
