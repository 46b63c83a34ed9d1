/**
 * `npm run bench`: native C on libbpf and this host side by side, in turn, in one run. `--json FILE` writes the rows as JSON; names of benchmarks as arguments
 * choose some of them; `--rounds N` changes how often (at least 7 for numbers that are worth keeping).
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { parseArgs } from "node:util";
import { benchmarks } from "./cases/index.js";
import { table } from "./table.js";
import type { Row } from "./types.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, rounds: { type: "string", default: "9" } },
});
const rounds = Number(values.rounds);
const unknown = positionals.filter((name) => !benchmarks.some((one) => one.name === name));
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  const names = benchmarks.map(({ name }) => name).join(", ");
  const what =
    unknown.length > 0
      ? `no benchmark is named ${unknown[0]}`
      : "--rounds wants a whole number from 1";
  process.stderr.write(`bench: ${what}. Benchmarks: ${names}\n`);
  process.exit(2);
}

const load = () =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(" ");
process.stdout.write(
  `Node ${process.version}, Linux ${release()}, ${cpus().length} CPUs (${cpus()[0]?.model ?? "?"}), load ${load()}, ${rounds} rounds\n`,
);
const rows: Row[] = [];
for (const benchmark of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
  process.stderr.write(`${benchmark.name} …\n`);
  rows.push(...(await benchmark.run({ rounds, scale: 1 })));
}
process.stdout.write(`${table(rows)}\nload at the end ${load()}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
process.exitCode = rows.some(({ ok }) => ok === false) ? 1 : 0;
