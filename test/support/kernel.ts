import { existsSync, readFileSync } from "node:fs";

/** Bits of `/proc/PID/status` CapEff: CAP_SYS_ADMIN is 21, CAP_BPF is 39 (`include/uapi/linux/capability.h`). */
const CAP_SYS_ADMIN = 1n << 21n;
const CAP_BPF = 1n << 39n;

/** Why this machine cannot run a BPF program for us, or undefined if it can. */
export function whyNoKernel(): string | undefined {
  const status = readFileSync("/proc/self/status", "utf8");
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  if ((effective & (CAP_SYS_ADMIN | CAP_BPF)) === 0n) {
    return "loading BPF programs needs root (CAP_BPF)";
  }
  if (!existsSync("/sys/kernel/btf/vmlinux")) return "this kernel has no BTF";
  if (!existsSync("/sys/kernel/tracing/events")) {
    return "tracefs is not mounted on /sys/kernel/tracing";
  }
  return undefined;
}

/**
 * A suite that needs the real kernel. Where there is none it is skipped and its title says why; on a CI machine, which has one, that is a failure.
 */
export function kernelSuite(title: string, body: (this: Mocha.Suite) => void): void {
  const why = whyNoKernel();
  if (why === undefined) {
    describe(title, body);
  } else if (process.env.CI) {
    describe(title, () => {
      it("has a kernel to run on", () => {
        throw new Error(`a CI machine has to run the kernel tests, but ${why}`);
      });
    });
  } else {
    describe.skip(`${title} (skipped: ${why})`, body);
  }
}
