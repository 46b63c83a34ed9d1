import { readdirSync, readFileSync } from "node:fs";

/** Numbers of `include/uapi/linux/capability.h`. */
export const BIT = {
  dac_read_search: 2n,
  net_admin: 12n,
  net_raw: 13n,
  sys_ptrace: 19n,
  sys_admin: 21n,
  syslog: 34n,
  perfmon: 38n,
  bpf: 39n,
} as const;

export type Name = keyof typeof BIT;

/** What one thread has. */
export interface Thread {
  readonly comm: string;
  readonly inheritable: bigint;
  readonly permitted: bigint;
  readonly effective: bigint;
  readonly bounding: bigint;
  readonly ambient: bigint;
  readonly noNewPrivileges: boolean;
}

/** Every thread of a process, as the kernel says it. */
export function threadsOf(pid: number): Thread[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    let status: string;
    try {
      status = readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8");
    } catch {
      // It ended meanwhile.
      return [];
    }
    const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)$`, "m").exec(status)?.[1] ?? "";
    const set = (name: string) => BigInt(`0x${field(name)}`);
    return [
      {
        comm: field("Name"),
        inheritable: set("CapInh"),
        permitted: set("CapPrm"),
        effective: set("CapEff"),
        bounding: set("CapBnd"),
        ambient: set("CapAmb"),
        noNewPrivileges: field("NoNewPrivs") === "1",
      },
    ];
  });
}

export const maskOf = (names: readonly Name[]): bigint =>
  names.reduce((mask, name) => mask | (1n << BIT[name]), 0n);

/** Every thread that has something else than these capabilities, or could get it. */
export const othersThan = (pid: number, names: readonly Name[]): Thread[] =>
  threadsOf(pid).filter(
    ({ inheritable, permitted, effective, ambient, noNewPrivileges }) =>
      permitted !== maskOf(names) ||
      effective !== maskOf(names) ||
      inheritable !== 0n ||
      ambient !== 0n ||
      !noNewPrivileges,
  );

/** Waits until every thread has just these. Fails with those that do not. */
export async function settled(pid: number, names: readonly Name[]): Promise<void> {
  let others = othersThan(pid, names);
  for (let i = 0; i < 1000 && others.length > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    others = othersThan(pid, names);
  }
  if (others.length === 0) return;
  const list = others.map(
    ({ comm, permitted, bounding }) =>
      `${comm}: permitted ${permitted.toString(16)}, bounding ${bounding.toString(16)}`,
  );
  throw new Error(`not ${names.join(", ")} alone: ${list.join("; ")}`);
}
