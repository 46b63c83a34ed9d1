/** What libbpf wanted to print, as lines without its name before each. */
export function warningLines(warnings: string): string[] {
  return warnings
    .split("\n")
    .map((line) => line.replace(/^libbpf: /, "").trim())
    .filter((line) => line !== "");
}

/** Lines that only repeat that something failed, or guess wrongly why. */
const EMPTY_WORDS = [
  /^failed to load object /,
  /^prog '.*': failed to load: -\d+$/,
  /^prog '.*': BPF program load failed: /,
  /^prog '.*': failed to prepare load attributes/,
  /^permission error while running as root/,
  /Retrying without BTF\.$/,
  /BTF is optional, ignoring\.$/,
];

/** The last warning that says something, as the end of a sentence; `undefined` if there is none. */
export function lastWarning(warnings: string): string | undefined {
  return warningLines(withoutLogs(warnings))
    .filter((line) => !EMPTY_WORDS.some((pattern) => pattern.test(line)))
    .at(-1)
    ?.replace(/\.$/, "");
}

/** The kernel's log about BTF, which libbpf prints as a warning even where it goes on without. */
function withoutLogs(warnings: string): string {
  return warnings.replace(/-- BEGIN BTF LOAD LOG[\s\S]*?-- END BTF LOAD LOG --/g, "");
}
