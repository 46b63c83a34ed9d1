import { helperNames } from "../../probe/helpers.js";

let names: readonly string[] | undefined;

/** A helper's name as in C, such as `bpf_map_lookup_elem`; `#300` for one that is newer than this host. */
export function helperName(number: number): string {
  names ??= helperNames();
  const name = number > 0 ? names[number] : undefined;
  if (name === undefined || name === "") return `#${number}`;
  return name.startsWith("bpf_") ? name : `bpf_${name}`;
}
