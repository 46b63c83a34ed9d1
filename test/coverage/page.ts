import type { Coverage, Entry } from "./entry.js";

/** Heads of libbpf's names, in the order of the page. A name belongs to the longest that it begins with. */
const GROUPS: readonly (readonly [string, string])[] = [
  ["bpf_object__", "Objects"],
  ["bpf_program__", "Programs"],
  ["bpf_link__", "Links"],
  ["bpf_map__", "Maps"],
  ["ring_buffer__", "Ring buffers"],
  ["user_ring_buffer__", "User ring buffers"],
  ["perf_buffer__", "Perf buffers"],
  ["bpf_tc_", "Traffic control"],
  ["bpf_xdp_", "XDP"],
  ["bpf_", "System calls, and what else begins with `bpf_`"],
  ["libbpf_", "Features, names and errors"],
  ["btf_", "BTF"],
];

/** The table as a page of the documentation. */
export function page(coverage: Coverage, version: string, summary: string): string {
  const rest = new Map(Object.entries(coverage).sort(([a], [b]) => a.localeCompare(b)));
  const sections = GROUPS.map(([head, title]) => {
    const rows: string[] = [];
    for (const [name, entry] of rest) {
      if (groupOf(name) !== head) continue;
      rows.push(`| \`${name}\` | ${cell(entry)} |`);
      rest.delete(name);
    }
    return `## ${title}\n\n| libbpf | in a module |\n|---|---|\n${rows.join("\n")}\n`;
  });
  return `# libbpf's functions, and what a module has for each

<!-- Written by \`npm run coverage:libbpf -- --write\`. The table is in test/coverage. -->

Every function that libbpf ${version} exports, which is Debian 12's: ${summary}. Names are those of \`@wbpf/sdk\`. What is excused has no use in a module, or would
be a way out of its sandbox; the reason is given.

${sections.join("\n")}`;
}

function groupOf(name: string): string | undefined {
  return GROUPS.map(([head]) => head)
    .filter((head) => name.startsWith(head))
    .sort((a, b) => b.length - a.length)[0];
}

function cell(entry: Entry): string {
  if ("covered" in entry) return entry.covered.map((name) => `\`${name}\``).join(", ");
  return "excused" in entry ? `— ${entry.excused}` : `not yet: ${entry.missing}`;
}
