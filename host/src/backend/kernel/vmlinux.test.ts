import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { throwsBpf } from "../conformance/objects.js";
import { compileTestObject } from "../testing/compile.js";
import { vmlinuxHeader } from "./vmlinux.js";

describe("vmlinuxHeader", () => {
  const folder = mkdtempSync(join(tmpdir(), "wbpf-vmlinux-"));
  after(() => rmSync(folder, { recursive: true }));

  it("gives the running kernel's types, the same each time, and clang takes them", function () {
    if (!existsSync("/sys/kernel/btf/vmlinux")) this.skip();
    const header = vmlinuxHeader();
    assert.equal(vmlinuxHeader(), header);
    assert.match(header, /^#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n/);
    assert.match(header, /\nstruct task_struct \{\n/);
    writeFileSync(join(folder, "vmlinux.h"), header);
    const source = `
      #include <bpf/bpf_helpers.h>
      #include <bpf/bpf_core_read.h>
      SEC("raw_tp/sys_enter") int program(void *context) {
        struct task_struct *task = (void *)bpf_get_current_task();
        return BPF_CORE_READ(task, tgid);
      }
      char LICENSE[] SEC("license") = "GPL";`;
    const options = ["-target", "bpf", "-g", "-O2", "-Wall", "-Werror", "-x", "c"];
    const output = ["-include", join(folder, "vmlinux.h"), "-c", "-o", join(folder, "out.o"), "-"];
    execFileSync("clang", [...options, ...output], { input: source });
  });

  it("gives the types of an ELF file", () => {
    const file = join(folder, "ring.bpf.o");
    writeFileSync(file, compileTestObject("ring"));
    assert.match(vmlinuxHeader(file), /\nstruct request \{\n\t__u64 sequence;\n\t__u32 count;\n/);
  });

  it("says what cannot be read, and what has no BTF", () => {
    throwsBpf("ENOENT", /cannot read \/no\/such: no such file/, () => vmlinuxHeader("/no/such"));
    throwsBpf("EINVAL", /no usable BTF in \/etc\/passwd/, () => vmlinuxHeader("/etc/passwd"));
    throwsBpf("ENOENT", /cannot read \/no\/base/, () => vmlinuxHeader("/etc/passwd", "/no/base"));
    const empty = join(folder, "empty");
    writeFileSync(empty, "");
    throwsBpf("EINVAL", /no usable BTF in .*empty/, () => vmlinuxHeader(empty));
    throwsBpf("EINVAL", /no usable BTF/, () => vmlinuxHeader(folder));
  });
});
