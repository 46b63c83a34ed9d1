import { describeSignature } from "../wasm/signatures.js";
import type { Inspection, ModuleInspection } from "./inspect.js";
import type { ObjectInspection } from "./object.js";

/** An {@link Inspection} as text for people. */
export function formatInspection(found: Inspection): string {
  const lines = found.kind === "module" ? formatModule(found) : formatObject(found.file, found);
  return `${lines.join("\n")}\n`;
}

function formatModule(module: ModuleInspection): string[] {
  const { abi, sdk } = module;
  const built = [
    abi === null ? "no wbpf ABI" : `wbpf ABI ${abi}`,
    ...(sdk === null ? [] : [`SDK ${sdk}`]),
  ];
  const lines = [`${module.file}: Wasm module, ${bytes(module.size)}, ${built.join(", ")}`];
  for (const object of module.objects) {
    lines.push("", ...formatObject(`object ${object.name}`, object));
  }
  const imports = module.imports.map((entry) => [
    `${entry.module}.${entry.name}`,
    entry.kind === "function" ? describeSignature(entry.type) : entry.kind,
  ]);
  lines.push("", ...table("imports", imports));
  lines.push(
    "",
    ...table(
      "exports",
      module.exports.map(({ name, kind }) => [name, kind]),
    ),
  );
  if (module.warnings.length > 0) {
    lines.push(
      "",
      ...table(
        "warnings",
        module.warnings.map((text) => [text]),
      ),
    );
  }
  return lines;
}

function formatObject(title: string, object: ObjectInspection): string[] {
  const programs = object.programs.map((program) => [
    program.name,
    program.section,
    program.type,
    program.target ?? "-",
    `${program.instructions} instructions`,
  ]);
  const maps = object.maps.map((map) => [
    map.name,
    map.type,
    `key ${map.keySize}`,
    `value ${map.valueSize}`,
    `max ${map.maxEntries}`,
  ]);
  return [
    `${title}: BPF object, ${bytes(object.size)}, license ${object.license || "none"}, sha256 ${object.sha256}`,
    ...table("programs (name, section, type, target)", programs),
    ...table("maps", maps),
  ];
}

/** A heading, and under it the rows with their columns aligned. */
function table(heading: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [`  ${heading}: none`];
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [`  ${heading}:`, ...lines.map((line) => `    ${line}`)];
}

const bytes = (count: number): string => `${count} bytes`;
