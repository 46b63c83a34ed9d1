import { suggestion } from "../../module/near-names.js";
import { attempt } from "./attempt.js";
import { bpfError, errnoOf } from "./explain/errno.js";
import { native } from "./native.js";

const ENODEV = 19;

function interfaces(): readonly { readonly name: string; readonly index: number }[] {
  return attempt(
    () => native().interfaces(),
    ({ errno }) => bpfError(errno, `cannot list the network interfaces: ${errnoOf(errno).text}`),
  );
}

/** See `BackendSession.interfaceIndex`. */
export function interfaceIndex(name: string): number {
  const all = interfaces();
  const found = all.find((candidate) => candidate.name === name);
  if (found !== undefined) return found.index;
  const names = all.map((candidate) => candidate.name);
  throw bpfError(
    ENODEV,
    `there is no network interface '${name}'${suggestion(name, names, "interfaces")} (ENODEV)`,
  );
}

/** The name of an interface now; `undefined`: there is none of that index. */
export function interfaceName(index: number): string | undefined {
  return interfaces().find((candidate) => candidate.index === index)?.name;
}

/** `'eth0'`, or what there is to say of an index that is none's. */
export function interfaceLabel(index: number): string {
  const name = interfaceName(index);
  return name === undefined ? `interface ${index}` : `interface '${name}'`;
}
