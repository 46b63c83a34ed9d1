/**
 * The custom section `wbpf`, by which a module says what it was built for (docs/abi.md).
 *
 * @module
 */

/** Version of the ABI that modules are built for. */
export const ABI_VERSION = 1;

/** What the section says. */
export interface ModuleDescription {
  readonly abi: number;
  readonly name: string;
  /** Of the tool's package, if it is one. */
  readonly version?: string;
  readonly sdk: string;
  readonly objects: readonly {
    readonly name: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  /** What it asks for; see {@link FindPermissions}. */
  readonly permissions?: object;
}

/** A number as LEB128, the way Wasm writes lengths. */
function leb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** Appends a custom section to a Wasm binary. */
export function appendSection(wasm: Uint8Array, name: string, content: Uint8Array): Uint8Array {
  const label = new TextEncoder().encode(name);
  const head = [...leb128(label.length), ...label];
  return Buffer.concat([
    wasm,
    Buffer.from([0, ...leb128(head.length + content.length), ...head]),
    content,
  ]);
}

/** Appends the section `wbpf`. */
export function describe(wasm: Uint8Array, description: ModuleDescription): Uint8Array {
  return appendSection(wasm, "wbpf", new TextEncoder().encode(JSON.stringify(description)));
}
