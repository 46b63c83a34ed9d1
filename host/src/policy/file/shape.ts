import { existsSync, readFileSync } from "node:fs";
import { suggestion } from "../../module/near-names.js";
import { keyText, type Path } from "./problem.js";
import { checkPolicy } from "./shape.generated.js";

/** What is wrong, where. */
export interface ShapeProblem {
  readonly path: Path;
  readonly text: string;
  /** It is about the key and not about its value. */
  readonly key?: boolean;
}

interface AjvError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Schema {
  readonly title?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/**
 * Errors of a generated check, in words.
 * @param file of the schema that it was generated from, in host/schema
 */
function explainShape(errors: readonly AjvError[], data: unknown, file: string) {
  // Read only now: it is needed for messages alone.
  const schema = JSON.parse(readFileSync(schemaFile(file), "utf8")) as Schema;
  const found = new Map<string, ShapeProblem>();
  for (const error of errors) {
    const problem = explain(error, data, schema);
    // Of the alternatives of one value, one is enough.
    const missing = error.params.missingProperty ?? "";
    const at = `${keyText(problem.path)} ${missing}`;
    if (!found.has(at)) found.set(at, problem);
  }
  return [...found.values()];
}

/** This code lies two folders below the package when it is bundled, and three otherwise. */
function schemaFile(name: string): URL {
  const [bundled, plain] = ["../..", "../../.."].map(
    (up) => new URL(`${up}/schema/${name}`, import.meta.url),
  ) as [URL, URL];
  return existsSync(bundled) ? bundled : plain;
}

/** What was checked, and where the check left its errors. */
type Check = ((data: unknown) => boolean) & { errors?: readonly AjvError[] | null };

/** Everything in which data differs from what a generated check wants. */
export const problemsOf = (check: Check, data: unknown, file: string): ShapeProblem[] =>
  check(data) ? [] : explainShape(check.errors ?? [], data, file);

/** Everything in which data differs from the schema of policies. */
export const shapeProblems = (data: unknown): ShapeProblem[] =>
  problemsOf(checkPolicy as Check, data, "policy.schema.json");

function explain(error: AjvError, data: unknown, root: Schema): ShapeProblem {
  const path = pathOf(error.instancePath, data);
  const schema = schemaAt(root, path);
  const value = path.reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], data);
  const title = schema?.title ?? "something else";
  switch (error.keyword) {
    case "additionalProperties": {
      const name = String(error.params.additionalProperty);
      const near = suggestion(name, Object.keys(schema?.properties ?? {}), "keys");
      return { path: [...path, name], text: `there is no such key${near}`, key: true };
    }
    case "required": {
      const name = String(error.params.missingProperty);
      const advice = name === "version" ? "; write 'version: 1'" : "";
      return { path, text: `'${name}' is missing${advice}`, key: true };
    }
    case "const":
      return { path, text: `${shown(value)} is not ${title}, the one that this host reads` };
    case "enum": {
      if (typeof value !== "string") break;
      const near = suggestion(value, schema?.enum ?? [], "values").replace("it has", "there are");
      return { path, text: `'${value}' is not ${title}${near}` };
    }
    case "maxLength":
      return { path, text: "it is longer than 4096 characters" };
    case "minimum":
    case "maximum":
      return { path, text: `${shown(value)} is not ${title} from 0 to 9007199254740991` };
    default:
      break;
  }
  return { path, text: `${shown(value)} is not ${title}` };
}

/** A JSON pointer as keys and indices. */
function pathOf(pointer: string, data: unknown): Path {
  let at = data;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(at) ? Number(key) : key;
      at = (at as Record<string | number, unknown>)[step];
      return step;
    });
}

function schemaAt(root: Schema, path: Path): Schema | undefined {
  const resolve = (schema: Schema | undefined): Schema | undefined =>
    schema?.$ref === undefined ? schema : root.$defs?.[schema.$ref.slice("#/$defs/".length)];
  let at: Schema | undefined = root;
  for (const part of path) {
    at = resolve(typeof part === "number" ? at?.items : at?.properties?.[part]);
  }
  return at;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a section of keys";
  if (typeof value !== "string") return String(value);
  const text = JSON.stringify(value).slice(1, -1);
  return `'${text.length > 80 ? `${text.slice(0, 80)}…` : text}'`;
}
