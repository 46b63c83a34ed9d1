import type { BpfObjectFile } from "../object/object.js";
import type { DataSectionSpec, MapSpec } from "../object/types.js";
import { printable } from "./print.js";

/** Maps, data sections and programs of an object, as C with sizes beside it. Empty if it has none. */
export function printObject(object: BpfObjectFile): string {
  const parts = [
    ...object.maps.map((map) => printMap(object, map)),
    ...object.dataSections.map((section) => printDataSection(object, section)),
  ];
  const programs = object.programs.map(
    ({ section, name, func, instructions }) =>
      `SEC("${section}")\n${signature(object, func, name)} /* ${instructions} instructions */\n`,
  );
  const subprograms = object.subprograms.map(
    ({ name, func, instructions, linkage }) =>
      `${linkage === "static" ? "static " : ""}${signature(object, func, name)} /* ${instructions} instructions */\n`,
  );
  return [...parts, ...programs, ...subprograms].join("\n");
}

function signature(object: BpfObjectFile, func: number | undefined, name: string): string {
  return `${printable(func === undefined ? `${name}()` : object.btf.cDeclaration(func))};`;
}

function printMap({ btf }: BpfObjectFile, map: MapSpec): string {
  const part = (label: string, type: number | undefined, size: number) =>
    size === 0
      ? []
      : [
          `\t${label}: ${type === undefined ? "" : `${printable(btf.cDeclaration(type))}, `}${size} bytes`,
        ];
  const values = map.values.flatMap((name, index) =>
    name === undefined ? [] : [`${index} = ${printable(name)}`],
  );
  return [
    `map ${printable(map.name)} (${map.typeName}${map.maxEntries === 0 ? "" : `, ${map.maxEntries} entries`}) {`,
    ...part("key", map.keyType, map.keySize),
    ...part("value", map.valueType, map.valueSize),
    ...(map.inner === undefined ? [] : part("inner key", map.inner.keyType, map.inner.keySize)),
    ...(map.inner === undefined
      ? []
      : part("inner value", map.inner.valueType, map.inner.valueSize)),
    ...(values.length === 0 ? [] : [`\tvalues: ${values.join(", ")}`]),
    ...(map.flags === 0 ? [] : [`\tflags: 0x${map.flags.toString(16)}`]),
    ...(map.pinning === "none" ? [] : ["\tpinned by name"]),
    "}\n",
  ].join("\n");
}

function printDataSection({ btf }: BpfObjectFile, section: DataSectionSpec): string {
  const lines = section.variables.map((variable) => {
    const text = `${variable.linkage === "static" ? "static " : ""}${btf.cDeclaration(variable.type, variable.name)};`;
    return `\t${printable(text).padEnd(40)}/* ${String(variable.offset).padStart(5)}    ${String(variable.size).padStart(6)} */`;
  });
  return [
    `section ${printable(section.name)} {`,
    ...lines,
    "",
    `\t/* size: ${section.size}, variables: ${lines.length} */`,
    "}\n",
  ].join("\n");
}
