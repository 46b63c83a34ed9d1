import { arch, release, userInfo } from "node:os";
import { probeAttachKinds } from "../probe/attach.js";
import { MAP_TYPES, probeMapType } from "../probe/map-types.js";
import { PROGRAM_TYPES, probeProgramType } from "../probe/program-types.js";
import { capabilityFindings } from "./capabilities.js";
import { type Finding, finding } from "./finding.js";
import { systemFindings } from "./system.js";

/** What this kernel and this user can do. */
export interface Report {
  /** As `uname -r` prints it. */
  readonly kernel: string;
  /** As Node.js names it, such as `"x64"`. */
  readonly architecture: string;
  /** Version of Node.js, without a "v". */
  readonly node: string;
  readonly uid: number;
  readonly system: readonly Finding[];
  readonly capabilities: readonly Finding[];
  /** Each was tried: see `probeAttachKinds`. */
  readonly attachKinds: readonly Finding[];
  readonly programTypes: readonly Finding[];
  readonly mapTypes: readonly Finding[];
}

/**
 * Asks the kernel about everything that a module may want of it. Takes a few tenths of a second; nothing of it stays.
 * @throws BpfError if the host's addon cannot be loaded
 */
export function examine(): Report {
  const attachKinds = probeAttachKinds();
  return {
    kernel: release(),
    architecture: arch(),
    node: process.versions.node,
    uid: userInfo().uid,
    system: systemFindings(),
    capabilities: capabilityFindings(),
    attachKinds: [...attachKinds].map(([name, answer]) => finding(name, answer)),
    programTypes: PROGRAM_TYPES.map((type) => finding(type.name, probeProgramType(type))),
    mapTypes: MAP_TYPES.map((type) => finding(type.name, probeMapType(type))),
  };
}
