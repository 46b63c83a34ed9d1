import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { CodegenError } from "../errors.js";
import { shown, upwards } from "./files.js";

/** Where the compiler will find `@wbpf/sdk`, and its version. */
export interface Sdk {
  readonly folder: string;
  readonly version: string;
}

/** Finds `@wbpf/sdk` as the compiler does: in `node_modules` of the folder or of one above it. */
export function findSdk(folder: string): Sdk {
  for (const above of upwards(folder)) {
    const found = path.join(above, "node_modules", "@wbpf", "sdk");
    if (!existsSync(path.join(found, "assembly", "start.ts"))) continue;
    try {
      const { version } = JSON.parse(readFileSync(path.join(found, "package.json"), "utf8")) as {
        version?: string;
      };
      return { folder: found, version: version ?? "0.0.0" };
    } catch (cause) {
      throw new CodegenError(
        "NO_SDK",
        `${shown(path.join(found, "package.json"))} cannot be read: reinstall @wbpf/sdk`,
        { cause },
      );
    }
  }
  throw new CodegenError(
    "NO_SDK",
    `@wbpf/sdk is not installed for ${shown(folder)}: run \`npm install @wbpf/sdk\` there (no node_modules/@wbpf/sdk in it or above it)`,
  );
}
