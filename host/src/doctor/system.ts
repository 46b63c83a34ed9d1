import { existsSync, readFileSync } from "node:fs";
import { attempt } from "../backend/kernel/attempt.js";
import { bpfError } from "../backend/kernel/explain/errno.js";
import { native } from "../backend/kernel/native.js";
import { messageOf } from "../errors.js";
import { type Answer, no, unknown, YES } from "../probe/answer.js";
import { mountOf } from "../probe/mounts.js";
import { type Finding, finding } from "./finding.js";

/** What the kernel was built and booted with, what is mounted, and which limits the administrator has set. */
export function systemFindings(): Finding[] {
  return [
    libbpf(),
    btf(),
    tracefs(),
    bpffs(),
    cgroup2(),
    jit(),
    lockdown(),
    lsm(),
    perf(),
    users(),
  ];
}

/** The version of the installed libbpf, such as `"v1.1"`. @throws BpfError if there is none that can be used */
export function libbpfVersion(): string {
  return attempt(
    () => native().libbpfVersion(),
    (failure) => bpfError(failure.errno, failure.message),
  );
}

function libbpf(): Finding {
  try {
    return finding("libbpf", YES, libbpfVersion());
  } catch (error) {
    return finding("libbpf", no(messageOf(error)));
  }
}

function btf(): Finding {
  const file = "/sys/kernel/btf/vmlinux";
  const name = "BTF of the kernel";
  if (existsSync(file)) return finding(name, YES, file);
  return finding(
    name,
    no(
      `there is no ${file}`,
      "boot a kernel with CONFIG_DEBUG_INFO_BTF=y; without it only programs without CO-RE work",
    ),
  );
}

function tracefs(): Finding {
  const name = "tracefs";
  const at = mountOf("tracefs");
  const remedy = "mount -t tracefs tracefs /sys/kernel/tracing";
  if (at === undefined) return finding(name, no("it is not mounted", remedy));
  if (existsSync(`${at}/events`)) return finding(name, YES, at);
  return finding(name, no(`${at} cannot be read`, "run it as root, or remount it with gid="));
}

function bpffs(): Finding {
  const name = "BPF file system";
  const at = mountOf("bpf");
  if (at !== undefined) return finding(name, YES, at);
  return finding(
    name,
    no("it is not mounted, so nothing can be pinned", "mount -t bpf bpf /sys/fs/bpf"),
  );
}

function cgroup2(): Finding {
  const at = mountOf("cgroup2");
  if (at !== undefined) return finding("cgroup v2", YES, at);
  return finding("cgroup v2", no("it is not mounted", "mount -t cgroup2 cgroup2 /sys/fs/cgroup"));
}

function jit(): Finding {
  const name = "JIT compiler";
  const value = read("/proc/sys/net/core/bpf_jit_enable");
  // A kernel with CONFIG_BPF_JIT_ALWAYS_ON shows 1; some containers hide the file.
  if (value === undefined) return finding(name, unknown("net.core.bpf_jit_enable cannot be read"));
  if (value !== "0") return finding(name, YES, `net.core.bpf_jit_enable = ${value}`);
  return finding(name, no("programs are interpreted", "sysctl net.core.bpf_jit_enable=1"));
}

function lockdown(): Finding {
  const name = "not locked down";
  const text = read("/sys/kernel/security/lockdown");
  if (text === undefined)
    return finding(name, YES, "this kernel has no lockdown, or does not show it");
  // "none [integrity] confidentiality": the one in brackets holds.
  const level = /\[(\w+)\]/.exec(text)?.[1] ?? "none";
  if (level !== "confidentiality") return finding(name, YES, `lockdown = ${level}`);
  return finding(
    name,
    no(
      "programs may not read kernel memory: lockdown = confidentiality",
      "boot with lockdown=integrity, or without Secure Boot",
    ),
  );
}

function lsm(): Finding {
  const name = "BPF among the security modules";
  const text = read("/sys/kernel/security/lsm");
  if (text === undefined) {
    return finding(
      name,
      unknown("securityfs is not mounted", "mount -t securityfs securityfs /sys/kernel/security"),
    );
  }
  if (text.split(",").includes("bpf")) return finding(name, YES, text);
  return finding(name, no("lsm programs are never called", `boot with lsm=${text},bpf`), text);
}

function perf(): Finding {
  const name = "perf events for users";
  const value = read("/proc/sys/kernel/perf_event_paranoid");
  if (value === undefined) return finding(name, no("this kernel has no perf events"));
  const detail = `kernel.perf_event_paranoid = ${value}`;
  // Debian's own 3 shuts out even those with CAP_PERFMON.
  if (Number(value) <= 2) return finding(name, YES, detail);
  return finding(
    name,
    no("only root may open perf events", "sysctl kernel.perf_event_paranoid=2"),
    detail,
  );
}

function users(): Finding {
  const name = "bpf(2) for users without CAP_BPF";
  const value = read("/proc/sys/kernel/unprivileged_bpf_disabled");
  const detail = `kernel.unprivileged_bpf_disabled = ${value}`;
  const answer: Answer =
    value === "0" ? YES : no("only root and CAP_BPF may use it, which is as it should be");
  return value === undefined
    ? finding(name, unknown("kernel.unprivileged_bpf_disabled cannot be read"))
    : finding(name, answer, detail);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
