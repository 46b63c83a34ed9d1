import { type Call, readCalls } from "./calls.js";
import { ABI, FORGIVEN, REASONS, RULES } from "./rules.js";

/** A call in the user's source that the published ABI cannot express. */
export interface Inexpressible {
  /** As the user wrote it: `BpfLink.destroy`, `Bss.counter`. */
  readonly what: string;
  readonly why: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is known of the build. */
export interface ReachOptions {
  /** Functions of the SDK's `abi` folder that the portable implementation does not have. */
  readonly missing: readonly string[];
  /** Classes of generated bindings whose variables live in maps that cannot be found by name, such as `ToolBss`. */
  readonly liveSections: readonly { readonly type: string; readonly section: string }[];
  /** Files of generated bindings as the compiler names them, without ending: `tool.bpf`. */
  readonly bindings: readonly string[];
}

/**
 * Finds the calls of the user's own sources that end in something that cannot be expressed. Only what the compiler reached is in its module, so a branch of the SDK that
 * nobody uses is no reason.
 * @param text of the unoptimised module
 */
export function findInexpressible(text: string, options: ReachOptions): Inexpressible[] {
  const functions = readCalls(text);
  const reasons = reasonsOf(functions, options);
  const found: Inexpressible[] = [];
  for (const [name, calls] of functions) {
    if (!isUsers(name, options)) continue;
    for (const call of calls) {
      // What was inlined everywhere is no function of the module any more.
      const why = reasons.get(call.callee) ?? ownReason(call.callee, options);
      if (why !== undefined) found.push(at(call, why));
    }
  }
  return found;
}

/**
 * Why each function that is not the user's cannot be expressed: for what it is, or for what it calls. The user's own functions are not looked through, since they answer
 * for themselves.
 */
function reasonsOf(
  functions: ReadonlyMap<string, readonly Call[]>,
  options: ReachOptions,
): Map<string, string> {
  const callers = new Map<string, string[]>();
  const reasons = new Map<string, string>();
  for (const [name, calls] of functions) {
    if (isUsers(name, options)) continue;
    const own = ownReason(name, options);
    if (own !== undefined) reasons.set(name, own);
    for (const { callee } of calls) {
      if (forgiven(name, callee)) continue;
      const list = callers.get(callee);
      if (list === undefined) callers.set(callee, [name]);
      else list.push(name);
    }
  }
  const open = [...reasons.keys()];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const caller of callers.get(name) ?? []) {
      if (reasons.has(caller)) continue;
      reasons.set(caller, reasons.get(name) ?? "");
      open.push(caller);
    }
  }
  return reasons;
}

/** `main/run`, `util/x/Tool#go`, and the statements of a file itself, `start:main`: not the SDK's, not generated. */
function isUsers(name: string, { bindings }: ReachOptions): boolean {
  const start = name.startsWith("start:");
  const file = start ? `${name.slice("start:".length)}/` : name;
  if (!file.includes("/") || file.startsWith("~")) return false;
  return !bindings.some((generated) => file.startsWith(`${generated}/`));
}

function at({ callee, file, line, column }: Call, why: string): Inexpressible {
  return { what: written(callee), why, file, line, column };
}

function ownReason(name: string, options: ReachOptions): string | undefined {
  if (name.startsWith(ABI)) {
    const missing = name.slice(name.lastIndexOf("/") + 1);
    return options.missing.includes(missing)
      ? (REASONS[missing] ?? `it has nothing like ${missing}`)
      : undefined;
  }
  const rule = RULES.find(({ pattern }) => pattern.test(name));
  if (rule !== undefined) return rule.why;
  const accessor = /\/([^/#]+)#[gs]et:/.exec(name)?.[1];
  const section = options.liveSections.find(({ type }) => type === accessor)?.section;
  return section === undefined
    ? undefined
    : `hosts do not find the map of ${section}; a constant can stand in .rodata, anything else in a map`;
}

const forgiven = (caller: string, callee: string): boolean =>
  FORGIVEN.some(([from, to]) => from === caller && to === callee);

/** `~lib/@wbpf/sdk/assembly/link/bpf_link/BpfLink#destroy` as a user would write it. */
function written(name: string): string {
  return name
    .replace(/<.*>/, "")
    .replace(/^.*\//, "")
    .replace(/@.*$/, "")
    .replace(/#(?:[gs]et:)?/, ".");
}
