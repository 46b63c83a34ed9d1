import { Document, isCollection, isMap, isNode, isPair, isScalar, isSeq, visit } from "yaml";
import { printable } from "../explain/printable.js";
import type { LimitsDocument, PermissionsDocument, PolicyDocument } from "../model/document.js";
import { keyText } from "./problem.js";
import { sizeText } from "./units.js";

/** What is written besides the grants. */
export interface WriteOptions {
  /** Comment lines at the top. */
  readonly header?: readonly string[];
  /** Comments on what stands at a key, such as `programs.allow[0]` or `maps.maxBytes`: why it is there. */
  readonly notes?: ReadonlyMap<string, string>;
}

/** A list that is longer takes a line for each of its values. */
const LINE = 80;

const TOP: readonly string[] = ["version", "name", "description", "extends", "mode"];
const ROOMS: readonly string[] = ["programs", "maps", "pins", "host", "limits"];

/** The order of keys inside rooms: that of docs/policy.md. */
const KEYS: readonly string[] = [
  ...["type", "targets", "modes", "sleepable"],
  ...["allow", "deny", "max", "maxInstructions", "helpers", "kfuncs", "enforcement", "testRun"],
  ...["stats", "types", "maxBytes", "create", "freeze", "own", "shared", "stdout", "stderr"],
  ...["clock", "random", "arguments", "environment", "files", "path", "access", "metrics"],
  ...["kallsyms", "symbols", "memory", "stack", "cpu", "callback", "wall", "eventsPerSecond"],
  ...["handles", "outputBytesPerSecond"],
];
const SIZES: readonly string[] = ["maxBytes", "memory", "stack", "outputBytesPerSecond"];

/**
 * A policy as a file that a person can review: keys always in the same order, sizes with units, and a comment where there is something to say. Reading it again
 * gives the same policy.
 */
export function writePolicy(
  policy: Omit<PolicyDocument, "version">,
  options: WriteOptions = {},
): string {
  return writeYaml({ version: 1, ...policy }, options);
}

/** The same without `version`: a part to be pasted into a policy. */
export const writeGrants = (grants: PermissionsDocument & { limits?: LimitsDocument }): string =>
  writeYaml(grants, {});

function writeYaml(data: object, { header = [], notes }: WriteOptions): string {
  const document = new Document(ordered(data));
  if (notes !== undefined) annotate(document, notes);
  visit(document, {
    Seq: (_, seq) => {
      const short = seq.items.every((item) => isScalar(item) && String(item.value).length < LINE);
      const width = seq.items.reduce<number>((sum, item) => sum + String(item).length + 2, 0);
      if (short && width < LINE && !commented(seq)) seq.flow = true;
    },
    Map: (_, map) => {
      // Files: `{ path: /etc/hostname, access: read }`.
      if (map.items.length > 0 && map.has("access") && !commented(map)) map.flow = true;
    },
  });
  const comment = header.map((line) => `# ${clean(line)}`.trimEnd()).join("\n");
  const body = document.toString({ lineWidth: 0, flowCollectionPadding: false, indentSeq: true });
  return comment === "" ? body : `${comment}\n${body}`;
}

const commented = (node: unknown): boolean =>
  isCollection(node) && node.items.some((item) => isNode(item) && !!item.commentBefore);

function ordered(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item));
  if (typeof value === "number" && SIZES.includes(key)) return sizeText(value);
  if (typeof value !== "object" || value === null) return value;
  const order = [...TOP, ...ROOMS, ...KEYS];
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return Object.fromEntries(entries.map(([name, inner]) => [name, ordered(inner, name)]));
}

function annotate(document: Document, notes: ReadonlyMap<string, string>): void {
  const walk = (node: unknown, path: readonly (string | number)[]) => {
    if (!isCollection(node)) return;
    for (const [i, item] of node.items.entries()) {
      const key = isPair(item) && isScalar(item.key) ? String(item.key.value) : i;
      const at = [...path, key];
      const note = notes.get(keyText(at));
      const carrier = isPair(item) ? item.key : item;
      if (note !== undefined && isNode(carrier)) carrier.commentBefore = ` ${clean(note)}`;
      walk(isPair(item) ? item.value : item, at);
    }
  };
  if (isMap(document.contents) || isSeq(document.contents)) walk(document.contents, []);
}

/** Names come from modules: nothing of them may end the comment. */
const clean = (text: string): string => printable(text.replace(/\s+/g, " "));
