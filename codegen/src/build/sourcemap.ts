import path from "node:path";

/** A source map, version 3, as asc writes it. */
interface SourceMap {
  version: number;
  sourceRoot?: string;
  sources: string[];
  sourcesContent?: (string | null)[];
  names: string[];
  mappings: string;
}

/**
 * Rewrites the sources of asc's map to paths relative to the map's own folder.
 *
 * @param locate the file on disk behind a source as asc names it; undefined for one that has none (AssemblyScript's own library), whose name stays as it is
 */
export function relocateSourceMap(
  text: string,
  folder: string,
  locate: (source: string) => string | undefined,
): string {
  const map = JSON.parse(text) as SourceMap;
  delete map.sourceRoot;
  map.sources = map.sources.map((source) => {
    const file = locate(source);
    return file === undefined ? source : path.relative(folder, file);
  });
  return JSON.stringify(map);
}
