import { existsSync } from "node:fs";
import type { BpfError } from "../../backend.js";
import { bpfError, errnoOf } from "./errno.js";

/** The sentence for a type that was not found in the running kernel. */
export function explainKernelType(errno: number, type: string, module: string): BpfError {
  const { name, text } = errnoOf(errno);
  const where = module === "" ? "this kernel" : `the kernel's module '${module}'`;
  return bpfError(errno, `cannot find type '${type}' in ${where}: ${reason()} (${name})`);

  function reason(): string {
    if (name !== "ENOENT") return text;
    if (!existsSync("/sys/kernel/btf/vmlinux")) {
      return "this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)";
    }
    if (module !== "" && !existsSync(`/sys/kernel/btf/${module}`)) {
      return "it is not loaded, or has no BTF";
    }
    return "it has none of that name and kind";
  }
}
