import type { Finding } from "./finding.js";
import type { Verdict } from "./module.js";
import type { Report } from "./report.js";

/** Where a list of names is broken. */
const WIDTH = 100;
const MARKS = { yes: "yes", no: "no ", unknown: "?  " } as const;

/** The report as text for people. */
export function formatReport(report: Report): string {
  const { kernel, architecture, node, uid } = report;
  const user = uid === 0 ? "root" : `user ${uid}`;
  return [
    `Linux ${kernel} on ${architecture}, Node.js ${node}, ${user}`,
    "",
    table("System", report.system),
    table("Capabilities", report.capabilities),
    table("Attaching, each tried", report.attachKinds),
    list("Program types", report.programTypes),
    list("Map types", report.mapTypes),
  ].join("\n");
}

/** What `wbpf doctor MODULE` says. */
export function formatVerdict({ name, runs, findings }: Verdict): string {
  const conclusion = {
    yes: `${name} will run here.`,
    no: `${name} will not run here: see above.`,
    unknown: `${name}: this process may not find out whether it will run here.`,
  };
  return `${table(name, findings)}${conclusion[runs]}\n`;
}

/** A row for each finding, what to do in a line below it. */
function table(title: string, findings: readonly Finding[]): string {
  const width = Math.max(0, ...findings.map(({ name }) => name.length));
  const rows = findings.flatMap(({ name, answer, detail }) => {
    const why = answer.state === "yes" ? undefined : answer.why;
    // A verifier's refusal has many lines.
    const text = [detail, why]
      .filter((part) => part !== undefined)
      .join(": ")
      .replaceAll("\n", `\n${" ".repeat(7)}`);
    const remedy = answer.state === "yes" ? undefined : answer.remedy;
    return [
      `  ${MARKS[answer.state]}  ${name.padEnd(width)}  ${text}`.trimEnd(),
      ...(remedy === undefined ? [] : [`       ${" ".repeat(width)}  → ${remedy}`]),
    ];
  });
  return `${[title, ...rows].join("\n")}\n`;
}

/** The names of what there is, and a row for each that is not. */
function list(title: string, findings: readonly Finding[]): string {
  const there = findings.filter(({ answer }) => answer.state === "yes");
  const rest = findings.filter(({ answer }) => answer.state !== "yes");
  const names = wrap(there.map(({ name }) => name)).map((line) => `  ${line}\n`);
  return `${table(`${title}, ${there.length} of ${findings.length}`, rest)}${names.join("")}`;
}

function wrap(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 2 <= WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
