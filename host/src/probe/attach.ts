import { spawnSync } from "node:child_process";
import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { explainCapabilities } from "../backend/kernel/explain/capabilities.js";
import { type Answer, no, unknown, YES } from "./answer.js";
import type { Attempt } from "./attach-child.js";
import { ATTACH_KINDS, type AttachKind } from "./attach-kinds.js";
import { needsLinux } from "./kernel-version.js";
import { mountOf } from "./mounts.js";

/** Attaching 31 programs takes a tenth of a second; emulated and busy machines take their time. */
const LIMIT_MS = 60_000;
/** The loopback interface is the first of every network namespace. */
const LOOPBACK = "1";
/** `enum bpf_prog_type` of what wants all three capabilities together: tracing, and XDP. */
const EVERY_CAPABILITY = [26, 6];

/**
 * Tries every kind of attachment, by doing it: libbpf's own probes only load, and both their yes and their no can be wrong. Nothing stays, and nothing but a
 * process, an empty cgroup and a network namespace of our own is touched; a kprobe and tracepoints are attached for an instant.
 */
export function probeAttachKinds(): ReadonlyMap<string, Answer> {
  const cgroup = makeCgroup();
  try {
    const attempts = runChild(cgroup);
    return new Map(
      ATTACH_KINDS.map((kind) => {
        const made = typeof attempts === "string" ? undefined : attempts[kind.name];
        return [kind.name, made ? answerOf(kind, made) : unknown(String(attempts))];
      }),
    );
  } finally {
    if (cgroup !== undefined) rmdirSync(cgroup);
  }
}

/** An empty cgroup below the root, where version 2 is mounted and we may make one. */
function makeCgroup(): string | undefined {
  const root = mountOf("cgroup2");
  if (root === undefined) return undefined;
  const path = join(root, `wbpf-doctor-${process.pid}`);
  try {
    mkdirSync(path);
    return path;
  } catch {
    return undefined;
  }
}

/** What the child printed, or why it printed nothing. */
function runChild(cgroup: string | undefined): Record<string, Attempt> | string {
  // The same file extension as this file's: .js when built, .ts in tests.
  const extension = import.meta.url.slice(-2);
  const child = fileURLToPath(new URL(`./attach-child.${extension}`, import.meta.url));
  // Never this process's own options: `-e` among them would run that code again in the child, and so on for ever.
  const loader = child.endsWith(".ts") ? ["--import=tsx"] : [];
  const command = [process.execPath, ...loader, child, cgroup ?? ""];
  const apart = run("unshare", ["--net", ...command, LOOPBACK]);
  if (typeof apart !== "string") return apart;
  const [node = "", ...args] = command;
  return run(node, [...args, ""]);
}

function run(command: string, args: readonly string[]): Record<string, Attempt> | string {
  const { stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  if (error !== undefined) return `the process that tries it did not run: ${error.message}`;
  try {
    return JSON.parse(stdout) as Record<string, Attempt>;
  } catch {
    const last = stderr.trim().split("\n").at(-1);
    return `the process that tries it printed nothing${last ? `: ${last}` : ""}`;
  }
}

function answerOf(kind: AttachKind, attempt: Attempt): Answer {
  switch (attempt.outcome) {
    case "attached":
      return YES;
    case "nowhere":
      return kind.inside === "cgroup"
        ? unknown(
            "there is no cgroup to try it in",
            mountOf("cgroup2") === undefined
              ? "mount -t cgroup2 cgroup2 /sys/fs/cgroup"
              : "run it as root",
          )
        : unknown("there is no network namespace to try it in", "run it as root (CAP_SYS_ADMIN)");
    case "failed":
      return failure(kind, attempt.code, attempt.message);
  }
}

function failure(kind: AttachKind, code: string, message: string): Answer {
  const denied = code === "EPERM" || code === "EACCES";
  const lacks = denied ? explainCapabilities(EVERY_CAPABILITY) : undefined;
  if (lacks !== undefined) return unknown(lacks);
  const remedy = [
    ...(kind.instead === undefined ? [] : [`use ${kind.instead}`]),
    `or a kernel with ${kind.needs}`,
  ].join(", ");
  const old = needsLinux(kind.since);
  if (old !== undefined) return no(old, kind.instead && `use ${kind.instead}`);
  if (denied)
    return no(`this kernel refuses it, even to root (${code})`, remedy.replace(/^or /, ""));
  return no(reasonIn(message), remedy.replace(/^or /, ""));
}

/** The part of a sentence that says why: "cannot attach program 'probe' (kprobe): WHY; what to do (ENOENT)". */
function reasonIn(message: string): string {
  // A verifier's refusal goes on for many lines.
  const [first = ""] = message.split("\n");
  const code = / \([A-Z0-9]+\)$/.exec(first)?.[0] ?? "";
  const rest = first.slice(0, first.length - code.length);
  const why = rest.replace(
    /^.*?'probe'(?: \([^)]*\))?(?: to [^:]*)?: (?:program 'probe' \([^)]*\): )?/s,
    "",
  );
  return `${why.split("; ")[0]}${code}`;
}
