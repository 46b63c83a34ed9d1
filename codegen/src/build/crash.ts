import { position } from "./diagnostics.js";

/** A place in the user's program that the compiler was working at. */
interface NodeLike {
  readonly range: {
    readonly start: number;
    readonly source: { readonly normalizedPath: string; readonly text: string };
  };
}

interface CompilerClass {
  readonly prototype: {
    compileStatement(this: unknown, statement: NodeLike, ...rest: unknown[]): unknown;
  };
}

/** The compiler gave up by an assertion of its own. */
export class CompilerCrash extends Error {
  override readonly name = "CompilerCrash";
  /** Where it was, as `file:line`; undefined if it had not begun. */
  readonly place: string | undefined;

  constructor(reason: string, place: string | undefined) {
    super(reason);
    this.place = place;
  }
}

let latest: NodeLike | undefined;
let watching = false;

/** Notes each statement that the compiler begins: its crashes name none. */
function watch(compiler: CompilerClass): void {
  latest = undefined;
  if (watching) return;
  watching = true;
  const original = compiler.prototype.compileStatement;
  compiler.prototype.compileStatement = function (statement, ...rest): unknown {
    // What a package or the library does, the user's own statement has brought about.
    if (!statement.range.source.normalizedPath.startsWith("~lib/")) latest = statement;
    return original.call(this, statement, ...rest);
  };
}

/**
 * Runs the compiler so that its crash is an error that is thrown. By itself asc prints to the console and ends the process: both are taken from it while it
 * runs, and given back.
 *
 * @param locate the path to show for a source as the compiler names it
 */
export async function withoutCrash<T>(
  compiler: unknown,
  locate: (source: string) => string,
  compile: () => Promise<T>,
): Promise<T> {
  watch(compiler as CompilerClass);
  // The compiler's own typings replace the global console by one that knows only a part of it.
  const output = globalThis.console as unknown as { error: (...args: unknown[]) => void };
  const { error } = output;
  const { exit } = process;
  let reason: string | undefined;
  output.error = (...args: unknown[]): void => {
    const text = args.join(" ");
    if (text.includes("the AssemblyScript compiler has crashed")) {
      reason = /^\S*▌ (\S*Error: .*)$/m.exec(text)?.[1] ?? "it does not tell why";
    } else {
      error.apply(output, args);
    }
  };
  process.exit = ((code?: number): never => {
    if (reason === undefined) return exit.call(process, code);
    throw new CompilerCrash(reason, placeOf(latest, locate));
  }) as typeof process.exit;
  try {
    return await compile();
  } finally {
    output.error = error;
    process.exit = exit;
    latest = undefined;
  }
}

function placeOf(
  node: NodeLike | undefined,
  locate: (source: string) => string,
): string | undefined {
  if (node === undefined) return undefined;
  const { source, start } = node.range;
  return `${locate(source.normalizedPath)}:${position(source.text, start).line}`;
}
