import { closeSync } from "node:fs";
import { constants } from "node:os";
import { BpfError } from "../backend/backend.js";
import { FunctionTable } from "./function-table.js";
import { type Mapping, readMappings } from "./mappings.js";
import { openMapped } from "./open-mapped.js";
import type { FoundSymbol } from "./symbol.js";

const { ESRCH, EACCES } = constants.errno;
/** What is kept of files that were read: so many, and so many bytes. */
const MOST_FILES = 64;
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Finds what addresses of processes are: one for each module instance.
 */
export class ProcessSymbols {
  /** By device, inode and time of change; `undefined`: it is no ELF file, or has no symbols. Used last stands last. */
  readonly #tables = new Map<string, FunctionTable | undefined>();
  readonly #allow: (path: string) => boolean;

  /** @param allow whether the symbols of a file may be told, by its path as the process sees it */
  constructor(allow: (path: string) => boolean) {
    this.#allow = allow;
  }

  /**
   * @returns for each address what it is, `undefined` if nothing is mapped there, or it may not be told
   * @throws BpfError `ESRCH`: there is no such process; `EACCES`: this one may not look into it
   */
  find(pid: number, addresses: BigUint64Array): (FoundSymbol | undefined)[] {
    const mappings = mappingsOf(pid);
    // Of this call: many addresses lie in few files.
    const opened = new Map<string, FunctionTable | undefined | "denied">();
    return Array.from(addresses, (address) => {
      const mapping = mappings.find(({ start, end }) => start <= address && address < end);
      if (mapping === undefined) return undefined;
      let table = opened.get(mapping.path);
      if (table === undefined && !opened.has(mapping.path)) {
        table = this.#allow(mapping.path) ? this.#table(pid, mapping) : "denied";
        opened.set(mapping.path, table);
      }
      if (table === "denied") return undefined;
      const fileOffset = address - mapping.start + mapping.offset;
      const found = table?.find(Number(fileOffset));
      return {
        name: found?.name ?? "",
        offset: BigInt(found?.offset ?? 0),
        file: mapping.path,
        fileOffset,
      };
    });
  }

  #table(pid: number, mapping: Mapping): FunctionTable | undefined {
    if (!mapping.path.startsWith("/")) return undefined;
    const file = openMapped(pid, mapping);
    if (file === undefined) return undefined;
    try {
      const { dev, ino, mtimeMs, size } = file.status;
      const key = `${dev}:${ino}:${mtimeMs}:${size}`;
      const known = this.#tables.has(key);
      const table = known ? this.#tables.get(key) : readTable(file.fd);
      this.#tables.delete(key);
      this.#tables.set(key, table);
      this.#forgetOldest();
      return table;
    } finally {
      closeSync(file.fd);
    }
  }

  #forgetOldest(): void {
    let bytes = [...this.#tables.values()].reduce((sum, table) => sum + (table?.bytes ?? 0), 0);
    for (const [key, table] of this.#tables) {
      if (this.#tables.size <= MOST_FILES && bytes <= MOST_BYTES) return;
      this.#tables.delete(key);
      bytes -= table?.bytes ?? 0;
    }
  }
}

function readTable(fd: number): FunctionTable | undefined {
  try {
    return new FunctionTable(fd);
  } catch {
    // Not an ELF file, or one that is broken: what is mapped need not be one.
    return undefined;
  }
}

function mappingsOf(pid: number): Mapping[] {
  try {
    return readMappings(pid);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") {
      throw new BpfError(ESRCH, "ESRCH", `there is no process ${pid}, or it has ended`);
    }
    throw new BpfError(
      EACCES,
      "EACCES",
      `the memory of process ${pid} may not be looked at (${code}): that needs its user, or CAP_SYS_PTRACE`,
    );
  }
}
