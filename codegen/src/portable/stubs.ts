/** A function that a file of the SDK's `abi` folder imports from our own host. */
const DECLARATION =
  /@external\("wbpf", "\w+"\)\s*export declare function (\w+)\s*\(([^)]*)\)\s*:\s*(\w+);?/g;

/** The names that an AssemblyScript source exports by `export { … }` and `export function`. */
function exportedNames(text: string): Set<string> {
  const names = new Set<string>();
  for (const [, list = ""] of text.matchAll(/export\s*\{([^}]*)\}/g)) {
    for (const name of list.split(",")) names.add(name.trim());
  }
  for (const [, name = ""] of text.matchAll(/export function (\w+)/g)) names.add(name);
  return names;
}

/** What stands in the place of a file of `abi`, and which of its functions only say that they cannot be expressed. */
export interface PortableAbi {
  readonly text: string;
  readonly missing: readonly string[];
}

/** Whether a file of the SDK has imports that only our own host serves. */
export function hasOwnImports(text: string): boolean {
  return text.includes('@external("wbpf"');
}

/**
 * Puts the SDK's portable implementation in the place of its imports.
 * @param declared text of a file of the `abi` folder
 * @param implemented text of `portable/wbpf.ts`
 */
export function portableAbi(declared: string, implemented: string): PortableAbi {
  const names = exportedNames(implemented);
  const missing: string[] = [];
  const served: string[] = [];
  const text = declared.replace(DECLARATION, (_, name: string, params: string, result: string) => {
    if (names.has(name)) {
      served.push(name);
      return "";
    }
    missing.push(name);
    return `export function ${name}(${params}): ${result} { return <${result}>unsupported(${JSON.stringify(name)}); }`;
  });
  const imports = [
    'import { unsupported } from "../portable/failure";',
    ...(served.length === 0 ? [] : [`export { ${served.join(", ")} } from "../portable/wbpf";`]),
  ];
  return { text: `${imports.join("\n")}\n${text}`, missing };
}
