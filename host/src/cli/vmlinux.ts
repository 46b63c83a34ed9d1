import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { HostError, messageOf } from "../errors.js";

const EXAMPLES = `
Examples:
  wbpf vmlinux -o vmlinux.h                    all types of the running kernel
  wbpf vmlinux --btf vmlinux-6.1.btf -o v.h    of another kernel, from its BTF`;

/** Adds `wbpf vmlinux`. */
export function registerVmlinux(program: Command): void {
  program
    .command("vmlinux")
    .description("write vmlinux.h: the kernel's types as C, from its BTF")
    .option("-o, --output <file>", "where to write it (default: stdout)")
    .option("--btf <file>", "BTF to read (default: /sys/kernel/btf/vmlinux)")
    .addHelpText("after", EXAMPLES)
    .action(async (flags: { output?: string; btf?: string }) => {
      const { vmlinuxHeader } = await import("../backend/kernel/vmlinux.js");
      const text = vmlinuxHeader(flags.btf);
      if (flags.output === undefined) {
        process.stdout.write(text);
        return;
      }
      await writeFile(flags.output, text).catch((cause: unknown) => {
        throw new HostError(`cannot write ${flags.output}: ${messageOf(cause)}`, { cause });
      });
    });
}
