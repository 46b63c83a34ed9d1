import type { Btf } from "../btf/btf.js";
import type { BtfKind, TypeId } from "../btf/types.js";
import { CodegenError } from "../errors.js";

const KEYWORDS: Readonly<Record<string, readonly BtfKind[]>> = {
  struct: ["STRUCT"],
  union: ["UNION"],
  enum: ["ENUM", "ENUM64"],
};
const SHOWN: ReadonlySet<BtfKind> = new Set([
  "STRUCT",
  "UNION",
  "ENUM",
  "ENUM64",
  "TYPEDEF",
  "INT",
  "FLOAT",
]);

/** Every struct, union and enum that has a name, by id. */
export function namedTypes(btf: Btf): TypeId[] {
  const ids: TypeId[] = [];
  for (let id = btf.firstId; id < btf.typeCount; id++) {
    const kind = btf.kind(id);
    if (
      (kind === "STRUCT" || kind === "UNION" || kind === "ENUM" || kind === "ENUM64") &&
      btf.type(id).name !== ""
    )
      ids.push(id);
  }
  return ids;
}

/**
 * The types that a `--type` names: `task_struct`, `struct task_struct`, `pid_t`. Several if C files of one kernel use the name differently.
 * @throws CodegenError `NO_TYPE` with near names
 */
export function typesCalled(btf: Btf, text: string): TypeId[] {
  const [first = "", ...rest] = text.trim().split(/\s+/);
  const kinds = rest.length === 0 ? undefined : KEYWORDS[first];
  const name = kinds === undefined ? text.trim() : rest.join(" ");
  const found = btf
    .findAllByName(name)
    .filter(({ kind }) => SHOWN.has(kind) && (kinds === undefined || kinds.includes(kind)));
  if (found.length > 0) return found.map(({ id }) => id);
  const near = nearNames(btf, name);
  throw new CodegenError(
    "NO_TYPE",
    `no type "${text}"${near.length === 0 ? "" : `; there is ${near.join(", ")}`}`,
  );
}

/** Names that hold the text, or differ in one letter, at most five. */
function nearNames(btf: Btf, name: string): string[] {
  const wanted = name.toLowerCase();
  const near = new Set<string>();
  for (const id of namedTypes(btf)) {
    const candidate = btf.type(id).name;
    const lower = candidate.toLowerCase();
    if ((wanted.length > 2 && lower.includes(wanted)) || isOneEdit(lower, wanted))
      near.add(candidate);
    if (near.size === 5) break;
  }
  return [...near];
}

function isOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const left = a.slice(start);
  const right = b.slice(start);
  return left.slice(1) === right.slice(1) || left.slice(1) === right || left === right.slice(1);
}
