import { readFileSync } from "node:fs";

/** What the calling process may do, and could make itself able to do. */
export interface OwnCapabilities {
  readonly effective: bigint;
  readonly permitted: bigint;
}

/** The capabilities of this process's first thread; none where `/proc` cannot be read. */
export function ownCapabilities(): OwnCapabilities {
  let status: string;
  try {
    status = readFileSync("/proc/self/status", "utf8");
  } catch {
    return { effective: 0n, permitted: 0n };
  }
  const set = (name: string) =>
    BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1] ?? "0"}`);
  return { effective: set("CapEff"), permitted: set("CapPrm") };
}
