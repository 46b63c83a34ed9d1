/** A function that the SDK's `abi/wbpf.ts` declares. */
const DECLARATION = /export declare function (\w+)\s*\(([^)]*)\)\s*:\s*(\w+)/g;

/** The names that an AssemblyScript source exports by `export { … }` and `export function`. */
function exportedNames(text: string): Set<string> {
  const names = new Set<string>();
  for (const [, list = ""] of text.matchAll(/export\s*\{([^}]*)\}/g)) {
    for (const name of list.split(",")) names.add(name.trim());
  }
  for (const [, name = ""] of text.matchAll(/export function (\w+)/g)) names.add(name);
  return names;
}

/** What stands in the place of `abi/wbpf.ts`, and which of its functions only say that they cannot be expressed. */
export interface PortableAbi {
  readonly text: string;
  readonly missing: readonly string[];
}

/**
 * Puts the SDK's portable implementation in the place of its imports.
 * @param declared text of `abi/wbpf.ts`
 * @param implemented text of `portable/wbpf.ts`
 */
export function portableAbi(declared: string, implemented: string): PortableAbi {
  const names = exportedNames(implemented);
  const missing: string[] = [];
  const lines = [
    'export * from "../portable/wbpf";',
    'import { unsupported } from "../portable/failure";',
  ];
  for (const [, name = "", params = "", result = ""] of declared.matchAll(DECLARATION)) {
    if (names.has(name)) continue;
    missing.push(name);
    lines.push(
      `export function ${name}(${params}): ${result} { return <${result}>unsupported(${JSON.stringify(name)}); }`,
    );
  }
  return { text: `${lines.join("\n")}\n`, missing };
}
