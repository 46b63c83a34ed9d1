import { readFileSync } from "node:fs";
import path from "node:path";

/** The `version` of the package that a tool's folder is; `undefined`: it is none, or says none. */
export function toolVersion(folder: string): string | undefined {
  try {
    const text = readFileSync(path.join(folder, "package.json"), "utf8");
    const { version } = JSON.parse(text) as { version?: unknown };
    return typeof version === "string" && version !== "" ? version : undefined;
  } catch {
    // Not being a package is no fault of a tool.
    return undefined;
  }
}
