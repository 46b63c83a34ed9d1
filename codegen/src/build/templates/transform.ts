import type { Transform } from "assemblyscript/asc";
import type { CompilerModule } from "./compiler.js";
import { asTemplate, Parts } from "./parts.js";

const CONSOLE = "~lib/@wbpf/sdk/assembly/console/console/console.";
/** What prints a text that is put together of parts, for each function of `console`. */
const PRINTERS: ReadonlyMap<string, string> = new Map([
  [`${CONSOLE}log`, "log"],
  [`${CONSOLE}info`, "log"],
  [`${CONSOLE}warn`, "error"],
  [`${CONSOLE}error`, "error"],
  [`${CONSOLE}write`, "write"],
]);

const programs = new WeakSet<object>();
let watching = false;

function watch(compiler: CompilerModule): void {
  if (watching) return;
  watching = true;
  const { prototype } = compiler.Compiler;
  const { compileTemplateLiteral, compileCallDirect } = prototype;
  prototype.compileTemplateLiteral = function (template, constraints): number {
    const plain = programs.has(this.program) ? asTemplate(compiler, template) : undefined;
    if (plain === undefined) return compileTemplateLiteral.call(this, template, constraints);
    return new Parts(compiler, this).compile(plain, "toText");
  };
  prototype.compileCallDirect = function (instance, args, node, thisArg, constraints): number {
    const printer = PRINTERS.get(instance.internalName);
    const [argument] = args;
    if (printer !== undefined && argument !== undefined && args.length === 1) {
      const template = programs.has(this.program) ? asTemplate(compiler, argument) : undefined;
      if (template !== undefined) return new Parts(compiler, this).compile(template, printer);
    }
    return compileCallDirect.call(this, instance, args, node, thisArg, constraints);
  };
}

/**
 * The step inside the compiler that puts template literals together part by part (docs/build.md, "Texts"). AssemblyScript makes a string of each part and joins the strings; here each part is added to
 * one buffer when it is evaluated, in the same order, and what `console` prints becomes no string at all.
 *
 * @param compiler the compiler's own module
 */
export function templatesTransform(compiler: unknown): Transform {
  class TemplatesTransform {
    declare readonly program: Transform["program"];

    afterInitialize(): void {
      programs.add(this.program);
      watch(compiler as CompilerModule);
    }
  }
  return TemplatesTransform as unknown as Transform;
}
