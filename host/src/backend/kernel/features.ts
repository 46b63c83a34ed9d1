import { release } from "node:os";
import type { Answer } from "../../probe/answer.js";
import { probeHelper as askHelper } from "../../probe/helpers.js";
import { probeMapType as askMapType, MAP_TYPES } from "../../probe/map-types.js";
import { probeProgramType as askProgramType, PROGRAM_TYPES } from "../../probe/program-types.js";
import { bpfError } from "./explain/errno.js";
import { native } from "./native.js";

const EPERM = 1;

/**
 * Names of map types, as bpftool has them, that this host is to do as if the kernel lacked: `WBPF_WITHOUT=ringbuf` in its environment. For tests, and to see how a
 * tool does on an older kernel.
 */
const withheld = (): readonly string[] => native().environ("WBPF_WITHOUT").split(",");

/** @throws BpfError `EPERM`: this process may not find out */
export function probeMapType(id: number): boolean {
  const type = MAP_TYPES.find((known) => known.id === id);
  // A type that is newer than this host is none that it can serve.
  if (type === undefined || withheld().includes(type.name)) return false;
  return known(askMapType(type), `maps of type ${type.name}`);
}

/** @throws BpfError `EPERM` */
export function probeProgramType(id: number): boolean {
  const type = PROGRAM_TYPES.find((known) => known.id === id);
  return type !== undefined && known(askProgramType(type), `programs of type ${type.name}`);
}

/** @throws BpfError `EPERM` */
export function probeHelper(id: number, helper: number): boolean {
  const type = PROGRAM_TYPES.find((known) => known.id === id);
  return type !== undefined && known(askHelper(type, helper), `helpers of ${type.name} programs`);
}

/** As `KERNEL_VERSION(major, minor, patch)` of `linux/version.h`, whose last number ends at 255. */
export function kernelVersion(running = release()): number {
  const [major = 0, minor = 0, patch = 0] = running
    .split(/[.-]/)
    .map((part) => Number.parseInt(part, 10) || 0);
  return (major << 16) | (minor << 8) | Math.min(patch, 255);
}

function known(answer: Answer, what: string): boolean {
  if (answer.state !== "unknown") return answer.state === "yes";
  throw bpfError(EPERM, `cannot find out whether this kernel has ${what}: ${answer.why} (EPERM)`);
}
