import type { BpfObjectFile } from "../object/index.js";

/** An object that a module carries, by the name that its skeleton opens it under. */
export interface NamedObject {
  readonly name: string;
  readonly object: Pick<BpfObjectFile, "maps">;
}

/** The text of the SDK's `portable/facts.ts` for these objects: what a module has to know of its maps, since the published ABI does not tell it. */
export function factsText(objects: readonly NamedObject[]): string {
  const lines = objects.flatMap(({ name, object }) =>
    object.maps.map((map) => {
      const facts = [map.type, map.keySize, map.valueSize, map.maxEntries, map.flags];
      return `  if (object == ${JSON.stringify(name)} && name == ${JSON.stringify(map.name)}) return new MapFacts(${facts.map((n) => n | 0).join(", ")});`;
    }),
  );
  return [
    'import { MapFacts } from "./map_facts";',
    "export function mapFacts(object: string, name: string): MapFacts {",
    ...lines,
    "  return new MapFacts(0, 0, 0, 0, 0);",
    "}",
    "",
  ].join("\n");
}
