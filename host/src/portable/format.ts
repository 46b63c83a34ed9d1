import type { PortabilityProblem } from "./check.js";
import { ALL_HOSTS, HOSTS } from "./hosts.js";

/** What `wbpf inspect --portable` prints: for each host whether the module runs there, and every reason why not. */
export function formatPortability(file: string, problems: readonly PortabilityProblem[]): string {
  const lines = ALL_HOSTS.flatMap((host) => {
    const reasons = problems.filter(({ hosts }) => hosts.includes(host)).map(({ text }) => text);
    const verdict = reasons.length === 0 ? "yes" : "no";
    return [`  ${HOSTS[host]}: ${verdict}`, ...reasons.map((text) => `    - ${text}`)];
  });
  return `${[`${file} on other hosts of the wasm_bpf ABI:`, ...lines].join("\n")}\n`;
}
