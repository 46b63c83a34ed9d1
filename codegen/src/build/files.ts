import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CodegenError } from "../errors.js";

/** SHA-256 of bytes or text, in hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** SHA-256 of a file's content, `null` if there is no such file. */
export function hashFile(file: string): string | null {
  try {
    return sha256(readFileSync(file));
  } catch {
    return null;
  }
}

/** Writes a file by way of a temporary one, so that nobody sees half of it. Makes its folder. */
export function writeAtomically(file: string, data: Uint8Array | string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}.tmp`;
    writeFileSync(temporary, data);
    renameSync(temporary, file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CodegenError("CANNOT_WRITE", `${shown(file)} cannot be written: ${why}`, { cause });
  }
}

/** Writes a file only when its content changes, so that its time stays and nothing that watches it wakes. */
export function writeIfChanged(file: string, text: string): boolean {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return false;
  writeAtomically(file, text);
  return true;
}

/** A path as messages show it: relative to the working directory if it lies below or near it. */
export function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  if (relative === "") return ".";
  return relative.startsWith("../../..") ? file : relative;
}

/** The folder and all above it, nearest first. */
export function upwards(folder: string): string[] {
  const result = [path.resolve(folder)];
  for (;;) {
    const last = result[result.length - 1] as string;
    const parent = path.dirname(last);
    if (parent === last) return result;
    result.push(parent);
  }
}
