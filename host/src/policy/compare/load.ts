import { open } from "node:fs/promises";
import { basename } from "node:path";
import { Module } from "../../module/module.js";
import { readModuleFile } from "../../module/read.js";
import { loadPolicy } from "../file/load.js";
import { permissionsOf } from "../file/permissions.js";
import { keyText } from "../file/problem.js";
import type { Comparable } from "./compare.js";

/** Whether a file begins as a Wasm module does. What cannot be read is none, and whoever reads it says why. */
export async function isModule(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
      return bytesRead === 4 && buffer.toString("latin1") === "\0asm";
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}

/**
 * What a policy grants, or what a module needs.
 * @throws PolicyError, ModuleError; BpfError when an object of the module cannot be looked into
 */
export async function loadComparable(file: string): Promise<Comparable> {
  if (!(await isModule(file))) return loadPolicy(file);
  const bytes = await readModuleFile(file);
  const { description } = await Module.fromBytes(bytes, { name: basename(file) });
  const { generatePolicy } = await import("../generate/generate.js");
  const { document } = generatePolicy({ name: basename(file), bytes, description });
  return { permissions: permissionsOf(document, (path) => `${file} ${keyText(path)}`) };
}
