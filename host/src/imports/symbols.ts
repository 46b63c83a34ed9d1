import { BpfError } from "../backend/backend.js";
import { kernelSymbols } from "../symbols/kernel.js";
import { ProcessSymbols } from "../symbols/process.js";
import type { FoundSymbol } from "../symbols/symbol.js";
import type { ImportContext } from "./context.js";
import { bpfError } from "./errno.js";

/** Most addresses of one call. */
const MAX_ADDRESSES = 4096;
/** Bytes of an entry, see docs/abi.md. */
const ENTRY = 32;

/** `kernel_symbols` and `user_symbols`, see docs/abi.md. */
export function symbolImports(context: ImportContext) {
  const { memory, guard } = context;
  let denied: BpfError | undefined;
  let processes: ProcessSymbols | undefined;

  const allow = (path: string): boolean => {
    try {
      guard.require("user_symbols", { kind: "symbols", path });
      return true;
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      denied = error;
      return false;
    }
  };

  const read = (pointer: number, count: number): BigUint64Array => {
    if (count >>> 0 > MAX_ADDRESSES) {
      throw bpfError(
        "E2BIG",
        `${count >>> 0} addresses are too many: ${MAX_ADDRESSES} are the most`,
      );
    }
    return new BigUint64Array(memory.bytes(pointer, 8 * count, "the addresses").slice().buffer);
  };

  const write = (found: readonly (FoundSymbol | undefined)[], out: number, cap: number): number => {
    const bytes = encode(found);
    if (bytes.length <= cap >>> 0) memory.bytes(out, bytes.length, "the symbols").set(bytes);
    return bytes.length;
  };

  return {
    kernel_symbols: context.cold("kernel_symbols", (addresses, count, out, cap) => {
      guard.require("kernel_symbols", { kind: "kallsyms" });
      return write(kernelSymbols(read(addresses, count)), out, cap);
    }),
    user_symbols: context.cold("user_symbols", (pid, addresses, count, out, cap) => {
      if (pid <= 0) throw bpfError("ESRCH", `${pid} is no process`);
      denied = undefined;
      processes ??= new ProcessSymbols(allow);
      const found = processes.find(pid, read(addresses, count));
      // Where some may be told, the others are left out; where none may, the module learns why.
      if (denied !== undefined && found.every((one) => one === undefined)) throw denied;
      return write(found, out, cap);
    }),
  };
}

/** The entries, then their texts, each once. */
function encode(found: readonly (FoundSymbol | undefined)[]): Uint8Array {
  const texts: Buffer[] = [];
  const places = new Map<string, number>();
  let end = ENTRY * found.length;
  const place = (text: string): [number, number] => {
    const bytes = Buffer.from(text);
    let at = places.get(text);
    if (at === undefined) {
      at = end;
      places.set(text, at);
      texts.push(bytes);
      end += bytes.length;
    }
    return [at, bytes.length];
  };
  const entries = Buffer.alloc(ENTRY * found.length);
  found.forEach((one, i) => {
    if (one === undefined) return;
    const at = ENTRY * i;
    entries.writeBigUInt64LE(one.offset, at);
    entries.writeBigUInt64LE(one.fileOffset, at + 8);
    [...place(one.name), ...place(one.file)].forEach((word, n) => {
      entries.writeUInt32LE(word, at + 16 + 4 * n);
    });
  });
  return Buffer.concat([entries, ...texts]);
}
