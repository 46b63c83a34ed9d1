import { accessSync, constants } from "node:fs";
import type { BpfError } from "../backend.js";
import { attempt } from "./attempt.js";
import { bpfError, errnoOf } from "./explain/errno.js";
import { native } from "./native.js";

/** The running kernel's types, where the kernel was built with CONFIG_DEBUG_INFO_BTF (in Linux since 5.4). */
const RUNNING_KERNEL = "/sys/kernel/btf/vmlinux";

const EINVAL = 22;

/** The attribute makes clang record field accesses, so that libbpf can relocate them (CO-RE) on a kernel with another layout. */
const HEAD = `#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

`;
const TAIL = `
#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
`;

/**
 * The text of `vmlinux.h`: all types of a kernel as C, for BPF programs to include. The same input gives the same text. Needs no privilege.
 * @param btf a file with BTF: raw, as in /sys/kernel/btf, or an ELF file with a `.BTF` section. Default: the running kernel's.
 * @param base the BTF that `btf` was split from, as a module's is from vmlinux's
 * @throws BpfError `ENOENT`, `EACCES`: a file cannot be read; `EINVAL`: there is no BTF in it
 */
export function vmlinuxHeader(btf = RUNNING_KERNEL, base = ""): string {
  checkReadable(btf);
  if (base !== "") checkReadable(base);
  const declarations = attempt(
    () => native().dumpBtf(btf, base),
    (failure) => explain(failure.message === "base" ? base : btf, failure.warnings),
  );
  return HEAD + declarations + TAIL;
}

function checkReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    const errno = -((cause as NodeJS.ErrnoException).errno ?? -5);
    const { name, text } = errnoOf(errno);
    const message =
      file === RUNNING_KERNEL && name === "ENOENT"
        ? `this kernel has no BTF (${file} does not exist): it was built without CONFIG_DEBUG_INFO_BTF; name a BTF file for it`
        : `cannot read ${file}: ${text}`;
    throw bpfError(errno, message, { cause });
  }
}

function explain(file: string, warnings: string): BpfError {
  const detail = warnings.trim();
  return bpfError(
    EINVAL,
    `there is no usable BTF in ${file}: a raw BTF file or an ELF file with a .BTF section was expected`,
    detail === "" ? {} : { detail },
  );
}
