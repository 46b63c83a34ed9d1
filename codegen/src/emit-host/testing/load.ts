import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What a generated file exports, untyped as the tests make up the types. */
export type Generated = Readonly<Record<string, unknown>>;

/** Imports generated TypeScript. */
export async function load(text: string): Promise<Generated> {
  return inFile(text, (file) => import(pathToFileURL(file).href) as Promise<Generated>);
}

/** What the compiler says of generated TypeScript under strict options, empty if nothing. */
export async function typeErrors(text: string): Promise<string> {
  const tsc = fileURLToPath(new URL("../../../../node_modules/.bin/tsc", import.meta.url));
  const options = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--target",
    "es2022",
    "--lib",
    "es2022,dom",
    "--erasableSyntaxOnly",
    "--noUncheckedIndexedAccess",
    "--noUnusedLocals",
    "--noImplicitOverride",
  ];
  return inFile(text, (file) => spawnSync(tsc, [...options, file], { encoding: "utf8" }).stdout);
}

async function inFile<T>(text: string, use: (file: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "wbpf-host-bindings-"));
  try {
    const file = join(folder, "bindings.ts");
    writeFileSync(file, text);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
