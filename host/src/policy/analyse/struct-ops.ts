import { EXTRA, Kind } from "../../backend/kernel/elf/btf-check.js";
import { readElf, stringAt } from "../../backend/kernel/elf/read.js";

/** A type of the object's BTF. */
interface Type {
  readonly kind: Kind;
  readonly name: string;
  /** The type that it stands for, where it stands for one. */
  readonly type: number;
}

/** Types that say something of another, and mean it. */
const MODIFIERS = new Set([Kind.Typedef, Kind.Volatile, Kind.Const, Kind.Restrict, Kind.TypeTag]);

/**
 * Of each variable, the name of its struct: a struct_ops map is a variable whose struct says what of the kernel it stands in for, such as `tcp_congestion_ops`.
 * @param object whose BTF was found to be sound
 */
export function structsOfVariables(object: Uint8Array): ReadonlyMap<string, string> {
  const btf = readElf(object).find(({ name }) => name === ".BTF")?.bytes;
  const found = new Map<string, string>();
  if (btf === undefined) return found;
  const types = readTypes(btf);
  for (const { kind, name, type } of types) {
    if (kind !== Kind.Var) continue;
    let target = types[type];
    while (target !== undefined && MODIFIERS.has(target.kind)) target = types[target.type];
    // libbpf takes "tcp_congestion_ops___v2" for a version of the same struct.
    if (target?.kind === Kind.Struct) found.set(name, target.name.replace(/___.*$/, ""));
  }
  return found;
}

/** By id; [0] is void. Layout: `include/uapi/linux/btf.h`. */
function readTypes(btf: Uint8Array): Type[] {
  const view = new DataView(btf.buffer, btf.byteOffset, btf.byteLength);
  const header = view.getUint32(4, true);
  const start = header + view.getUint32(8, true);
  const end = start + view.getUint32(12, true);
  const strings = btf.subarray(header + view.getUint32(16, true));
  const types: Type[] = [{ kind: 0 as Kind, name: "", type: 0 }];
  for (let at = start; at < end; ) {
    const info = view.getUint32(at + 4, true);
    const kind: Kind = (info >>> 24) & 0x1f;
    const name = stringAt(strings, view.getUint32(at, true));
    types.push({ kind, name, type: view.getUint32(at + 8, true) });
    const [fixed, each] = EXTRA[kind] ?? [0, 0];
    at += 12 + fixed + each * (info & 0xffff);
  }
  return types;
}
