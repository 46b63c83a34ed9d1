/**
 * What the running kernel has that a program can attach to, by name: read only to explain a failure.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { suggestion } from "../../../module/near-names.js";

/** Where tracefs is mounted: Documentation/trace/ftrace.rst. The second is the older place, inside debugfs. */
const TRACEFS = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

export function tracefs(): string | undefined {
  return TRACEFS.find((folder) => existsSync(`${folder}/events`));
}

/** The end of a sentence about a tracepoint that is not there. */
export function tracepointAdvice(category: string, name: string): string {
  const folder = tracefs();
  if (folder === undefined) {
    return "tracefs is not mounted: `mount -t tracefs tracefs /sys/kernel/tracing`";
  }
  const names = folders(`${folder}/events/${category}`);
  if (names.length > 0) {
    return `this kernel has no tracepoint '${name}' in '${category}'${suggestion(name, names, "tracepoints")}`;
  }
  const categories = folders(`${folder}/events`);
  const elsewhere = categories.filter((other) =>
    existsSync(`${folder}/events/${other}/${name}/id`),
  );
  const [other] = elsewhere;
  return other === undefined
    ? `this kernel has no category '${category}' of tracepoints${suggestion(category, categories, "categories")}`
    : `this kernel has no category '${category}' of tracepoints; did you mean '${other}/${name}'?`;
}

/** The kernel's tracepoints without their categories. */
export function rawTracepoints(): string[] {
  return lines(`${tracefs()}/available_events`).map((line) => line.slice(line.indexOf(":") + 1));
}

/** The functions that can be probed, or all of them where ftrace is not there to tell. */
export function kernelFunctions(): string[] {
  const traceable = lines(`${tracefs()}/available_filter_functions`);
  if (traceable.length > 0) return traceable.map((line) => line.split(" ")[0] ?? line);
  return lines("/proc/kallsyms")
    .map((line) => line.split(/\s+/))
    .filter(([, type]) => type === "t" || type === "T")
    .map(([, , name]) => name ?? "");
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch {
    return [];
  }
}

function folders(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
