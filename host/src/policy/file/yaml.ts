import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLError,
} from "yaml";
import { type FileProblem, keyText, type Path, PolicyError } from "./problem.js";

/** Deeper than any file of ours. */
const MAX_DEPTH = 32;

/** A YAML file as data, with a way back to its lines. */
export interface YamlFile {
  readonly name: string;
  readonly data: unknown;
  /** Where a value stands, or with `key` the key before it; the nearest that there is. */
  readonly locate: (path: Path, key?: boolean) => { line: number; column: number };
  /** A problem at a place. */
  readonly problem: (path: Path, text: string, key?: boolean) => FileProblem;
}

/**
 * Reads YAML 1.2 without what a reviewer could overlook: no anchors, aliases, tags, directives, second documents or keys that are written twice.
 * @param name what messages call the file
 * @throws PolicyError `POLICY_INVALID`
 */
export function readYaml(text: string, name: string): YamlFile {
  const lines = new LineCounter();
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const invalid = (text: string, offset?: number, cause?: unknown) =>
    new PolicyError(
      "POLICY_INVALID",
      [
        {
          file: name,
          ...(offset === undefined ? { line: undefined, column: undefined } : place(offset)),
          key: "",
          text,
        },
      ],
      { cause },
    );
  if (nesting(text) > MAX_DEPTH) throw invalid("it is nested too deeply for a policy");
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: "core" });
  const [error] = document.errors;
  if (error !== undefined) throw invalid(errorText(error, text), error.pos[0], error);
  const banned = firstBanned(document);
  if (banned !== undefined) throw invalid(banned.text, banned.offset);
  const [warning] = document.warnings;
  if (warning !== undefined) throw invalid(errorText(warning, text), warning.pos[0], warning);
  if (document.contents === null) {
    throw invalid("the file is empty; it has to begin with 'version: 1'");
  }
  const locate = (path: Path, key = false) => place(offsetOf(document, path, key));
  return {
    name,
    data: document.toJS(),
    locate,
    problem: (path, text, key) => ({
      file: name,
      ...locate(path, key),
      key: keyText(path),
      text,
    }),
  };
}

/** A bound of the depth, before a parser that recurses sees the text: brackets that are open, and steps of indentation. */
function nesting(text: string): number {
  let open = 0;
  let deepest = 0;
  for (const line of text.split("\n")) {
    // Each level of a block takes at least a character: `- - - x` and indentation alike.
    const [block = ""] = /^(?:[ ]|[-?:](?= ))*/.exec(line) ?? [];
    deepest = Math.max(deepest, open, (block.match(/[-?:]/g) ?? []).length);
    for (const char of line) {
      if (char === "[" || char === "{") open++;
      else if ((char === "]" || char === "}") && open > 0) open--;
      deepest = Math.max(deepest, open);
    }
    const width = /^ */.exec(line)?.[0].length ?? 0;
    if (width > 8 * MAX_DEPTH && line.trim() !== "") deepest = Math.max(deepest, MAX_DEPTH + 1);
  }
  return deepest;
}

function errorText(error: YAMLError, text: string): string {
  const [start, end] = error.pos;
  if (error.code === "DUPLICATE_KEY") {
    const found = /^[\w.-]+/.exec(text.slice(start, end + 64))?.[0];
    return `the key ${found === undefined ? "" : `'${found}' `}is written twice`;
  }
  if (error.code === "MULTIPLE_DOCS") return "a second document begins here; one was expected";
  const sentence = error.message.replace(/\s*\n\s*/g, " ").replace(/[.:]\s*$/, "");
  return `it is not YAML: ${sentence}`;
}

interface Banned {
  readonly text: string;
  readonly offset: number;
}

function firstBanned(document: Document): Banned | undefined {
  const { directives } = document;
  if (directives?.yaml.explicit) {
    return { text: "directives (%YAML, %TAG) are not taken here", offset: 0 };
  }
  return visitNode(document.contents);
}

function visitNode(node: unknown): Banned | undefined {
  if (!isNode(node)) return undefined;
  const offset = node.range?.[0] ?? 0;
  if (isAlias(node)) {
    return { text: `the alias *${node.source} is not taken here: write out what it means`, offset };
  }
  const { anchor } = node as { anchor?: string };
  if (anchor !== undefined) {
    return { text: `the anchor &${anchor} is not taken here: write out what it means`, offset };
  }
  if (node.tag !== undefined) return { text: `the tag ${node.tag} is not taken here`, offset };
  if (!isCollection(node)) return undefined;
  for (const item of node.items) {
    const found = isNode(item) ? visitNode(item) : visitPair(item as Pair);
    if (found !== undefined) return found;
  }
  return undefined;
}

function visitPair({ key, value }: Pair): Banned | undefined {
  if (isCollection(key)) {
    return { text: "a key has to be a word", offset: startOf(key, 0) };
  }
  return visitNode(key) ?? visitNode(value);
}

function offsetOf(document: Document, path: Path, key: boolean): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [depth, part] of path.entries()) {
    if (!isCollection(node)) break;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
      if (pair === undefined) break;
      offset = startOf(pair.key, offset);
      if (key && depth === path.length - 1) return offset;
      node = pair.value;
    } else {
      node = node.items[part as number];
    }
    offset = startOf(node, offset);
  }
  return offset;
}

const startOf = (node: unknown, otherwise: number): number =>
  isNode(node) ? (node.range?.[0] ?? otherwise) : otherwise;
