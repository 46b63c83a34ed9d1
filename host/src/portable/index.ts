/**
 * Whether a module runs on the hosts of the published `wasm_bpf` ABI that others have written: `wbpf inspect --portable`.
 *
 * @module
 */

export {
  checkInspection,
  checkPortable,
  type PortabilityProblem,
  type PortableModule,
} from "./check.js";
export { formatPortability } from "./format.js";
export { ALL_HOSTS, HOSTS, type PortableHost } from "./hosts.js";
