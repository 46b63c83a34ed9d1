import { decide } from "../decide/decide.js";
import { describeUse } from "../decide/describe.js";
import { mergePermissions } from "../file/merge.js";
import type { PermissionsDocument } from "../model/document.js";
import type { Policy } from "../model/policy.js";
import type { Use } from "../model/use.js";
import type { Verdict } from "../model/verdict.js";

/** What a policy says of one use. */
export interface ExplainedUse {
  readonly use: Use;
  /** In a few words. */
  readonly text: string;
  readonly verdict: Verdict;
}

/** What a policy says of all that a module needs. */
export interface Explanation {
  readonly uses: readonly ExplainedUse[];
  /** The smallest grants that would allow what is denied, as a part of a policy; `undefined`: nothing is denied, or no grant would help. */
  readonly missing: PermissionsDocument | undefined;
  /** What no grant allows, because a rule forbids it. */
  readonly forbidden: readonly ExplainedUse[];
}

/** Decides each use once, whichever program it comes from. */
export function explainUses(policy: Policy, uses: readonly Use[]): Explanation {
  const seen = new Set<string>();
  const explained: ExplainedUse[] = [];
  for (const use of uses) {
    const text = describeUse(use);
    if (seen.has(text)) continue;
    seen.add(text);
    const verdict: Verdict = policy.allowAll
      ? { allowed: true, rule: policy.name }
      : decide(policy.permissions, use);
    explained.push({ use, text, verdict });
  }
  const denied = explained.filter(({ verdict }) => !verdict.allowed);
  const grants = denied.flatMap(({ verdict }) =>
    verdict.allowed || verdict.grant === undefined ? [] : [verdict.grant],
  );
  return {
    uses: explained,
    missing: grants.length > 0 ? mergePermissions(grants) : undefined,
    forbidden: denied.filter(({ verdict }) => !verdict.allowed && verdict.grant === undefined),
  };
}

/** The uses that a document asks for, with its patterns as they stand. */
export function usesOf(document: PermissionsDocument): Use[] {
  const { programs = {}, maps = {}, pins = {}, host = {} } = document;
  // Nothing of what follows is about one program more than another.
  const program = "it";
  return [
    ...(programs.allow ?? []).flatMap(({ type, targets = [], modes, sleepable = false }): Use[] => [
      { kind: "program", program, type, sleepable },
      ...targets.flatMap((target) =>
        (modes ?? [undefined]).map(
          (mode): Use => ({
            kind: "attach",
            program,
            type,
            target: target === "**" ? undefined : target,
            ...(mode !== undefined && { mode }),
          }),
        ),
      ),
    ]),
    ...(programs.helpers?.allow ?? []).map((name): Use => ({ kind: "helper", program, name })),
    ...(programs.kfuncs ?? []).map((name): Use => ({ kind: "kfunc", program, name })),
    ...(programs.enforcement ?? []).map(
      (effect): Use => ({ kind: "effect", program, effect, by: "what it would use" }),
    ),
    ...(programs.testRun ? [{ kind: "test-run" } as const] : []),
    ...(programs.stats ? [{ kind: "stats" } as const] : []),
    ...(maps.types ?? []).map(
      (type): Use => ({ kind: "map", map: "it", type, created: maps.create ?? false }),
    ),
    ...(maps.create && maps.types === undefined
      ? [{ kind: "map", map: "it", type: "array", created: true } as const]
      : []),
    ...(maps.freeze ? [{ kind: "freeze" } as const] : []),
    ...(pins.own ?? []).map((path): Use => ({ kind: "pin", path, own: true })),
    ...(pins.shared ?? []).map((path): Use => ({ kind: "pin", path, own: false })),
    ...(host.environment ?? []).map((name): Use => ({ kind: "environment", name })),
    ...(host.files ?? []).map((file): Use => ({ kind: "file", ...file })),
    ...(host.symbols ?? []).map((path): Use => ({ kind: "symbols", path })),
    ...(["stdout", "stderr", "clock", "random", "arguments", "metrics", "kallsyms"] as const)
      .filter((kind) => host[kind])
      .map((kind): Use => ({ kind })),
  ];
}
