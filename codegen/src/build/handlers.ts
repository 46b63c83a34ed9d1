import type { Transform } from "assemblyscript/asc";

/** Parts of the compiler's syntax tree that are looked at here. */
interface Node {
  readonly kind: number;
  readonly range: { readonly source: { readonly text: string }; start: number; end: number };
}
interface Identifier extends Node {
  text: string;
}
interface Call extends Node {
  expression: Node & { property?: Identifier };
  args: Node[];
  typeArguments: Node[] | null;
}
interface FunctionDeclaration extends Node {
  readonly name: Identifier;
  readonly typeParameters: readonly Node[] | null;
  readonly signature: { readonly parameters: readonly { readonly type: Node }[] };
}
interface Source extends Node {
  readonly sourceKind: number;
  readonly normalizedPath: string;
  readonly statements: Node[];
}
interface Parser {
  readonly sources: readonly Source[];
}
/** The compiler's enums, which are there when it runs. */
interface Compiler {
  readonly Parser: typeof import("assemblyscript").Parser;
  readonly NodeKind: Readonly<Record<"Call" | "Identifier" | "FunctionDeclaration", number>>;
  readonly SourceKind: Readonly<Record<"User" | "UserEntry", number>>;
}

const METHOD = "onEvent";

/**
 * The step inside the compiler that lets a handler be inlined into the loop over a batch. A function value can only be called through the table, which takes
 * longer than all the rest of a small record's way (docs/performance.md). So `x.onEvent(print)`, where `print` is a function of the same file, becomes
 * `x.onEventOf<H>()` with a class `H` that calls `print`; the loop is then compiled once for `H`. All else stays as it is written.
 */
export function handlersTransform(compiler: unknown): Transform {
  const { Parser, NodeKind, SourceKind } = compiler as Compiler;

  const rewrite = (source: Source): void => {
    const functions = new Map<string, FunctionDeclaration>();
    for (const statement of source.statements) {
      if (statement.kind !== NodeKind.FunctionDeclaration) continue;
      const declared = statement as FunctionDeclaration;
      if ((declared.typeParameters?.length ?? 0) === 0) functions.set(declared.name.text, declared);
    }
    const classes = new Map<string, string>();
    const calls: { call: Call; handler: string }[] = [];
    visit(source.statements, (node) => {
      if (node.kind !== NodeKind.Call) return;
      const call = node as Call;
      const [argument] = call.args;
      if (call.expression.property?.text !== METHOD || call.args.length !== 1) return;
      if (argument?.kind !== NodeKind.Identifier) return;
      const handler = (argument as Identifier).text;
      const type = functions.get(handler)?.signature.parameters[0]?.type;
      if (type === undefined || functions.get(handler)?.signature.parameters.length !== 1) return;
      const { text } = type.range.source;
      classes.set(handler, text.slice(type.range.start, type.range.end));
      calls.push({ call, handler });
    });
    if (calls.length === 0) return;
    const text = [...classes].map(([handler, type]) => handlerClass(handler, type)).join("\n");
    const parser = new Parser();
    parser.parseFile(
      `${text}\nx<${[...classes.keys()].map(className).join(", ")}>();`,
      source.normalizedPath,
      false,
    );
    const parsed = (parser as unknown as Parser).sources[0]?.statements ?? [];
    const types = new Map<string, Node>();
    const last = parsed.at(-1) as (Node & { expression?: Call }) | undefined;
    [...classes.keys()].forEach((handler, i) => {
      const type = last?.expression?.typeArguments?.[i];
      if (type !== undefined) types.set(handler, type);
    });
    if (types.size !== classes.size) return;
    source.statements.push(...parsed.slice(0, -1));
    for (const { call, handler } of calls) {
      const type = types.get(handler);
      if (type === undefined || call.expression.property === undefined) continue;
      call.expression.property.text = `${METHOD}Of`;
      call.typeArguments = [type];
      call.args = [];
    }
  };

  const transform = {
    afterParse(parser: Parser): void {
      for (const source of parser.sources) {
        if (source.sourceKind === SourceKind.User || source.sourceKind === SourceKind.UserEntry) {
          rewrite(source);
        }
      }
    },
  };
  return transform as unknown as Transform;
}

const SUFFIX = "__handler";
const className = (handler: string): string => handler + SUFFIX;

/** Whether a function, by the compiler's name, is the method of such a class, which is called for each record. */
export const isHandlerCall = (name: string): boolean => name.endsWith(`${SUFFIX}#call`);

function handlerClass(handler: string, type: string): string {
  return `@unmanaged class ${className(handler)} { call(record: ${type}): void { ${handler}(record); } }`;
}

/** Calls `found` for each node below. The compiler has no such thing: what looks like a node is one, and links back up are left out. */
function visit(value: unknown, found: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const one of value) visit(one, found);
    return;
  }
  if (typeof value !== "object" || value === null || !("kind" in value && "range" in value)) return;
  found(value as Node);
  for (const [name, child] of Object.entries(value)) {
    if (name !== "range" && name !== "source" && name !== "parent") visit(child, found);
  }
}
