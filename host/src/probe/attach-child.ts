/**
 * A process of its own that attaches one program of each kind and detaches it at once, and prints what came of it as JSON. It runs in a network namespace of its
 * own, so that no packet of anybody meets a probe.
 *
 * Arguments: the path of an empty cgroup or "", and the index of a network interface or "".
 *
 * @module
 */
import { BpfError } from "../backend/backend.js";
import { KernelBackend } from "../backend/kernel/kernel-backend.js";
import { messageOf } from "../errors.js";
import { ATTACH_KINDS, type AttachKind, type Surroundings } from "./attach-kinds.js";
import { objectWith } from "./elf-object.js";
import { returning } from "./instructions.js";

/** What came of one kind. */
export type Attempt =
  | { readonly outcome: "attached" }
  /** There was nowhere to attach it to. */
  | { readonly outcome: "nowhere" }
  | { readonly outcome: "failed"; readonly code: string; readonly message: string };

const PROGRAM = "probe";
const backend = new KernelBackend();

function attempt(kind: AttachKind, surroundings: Surroundings): Attempt {
  const to = kind.to?.(surroundings);
  if (kind.to !== undefined && to === undefined) return { outcome: "nowhere" };
  const memory = new WebAssembly.Memory({ initial: 1 });
  const session = backend.createSession({ memory, stopFd: -1 });
  try {
    const code = returning(kind.returns ?? 0);
    const object = session.openObject(objectWith(kind.section, PROGRAM, code), { name: PROGRAM });
    object.load();
    const [program] = object.programs;
    if (to === undefined) program?.attach();
    else program?.attachTo(to);
    return { outcome: "attached" };
  } catch (error) {
    const code = error instanceof BpfError ? error.code : "";
    return { outcome: "failed", code, message: messageOf(error) };
  } finally {
    session.close();
  }
}

const [cgroup = "", ifindex = ""] = process.argv.slice(2);
const surroundings: Surroundings = {
  cgroup: cgroup === "" ? undefined : cgroup,
  ifindex: ifindex === "" ? undefined : Number(ifindex),
};
const attempts = ATTACH_KINDS.map((kind) => [kind.name, attempt(kind, surroundings)] as const);
process.stdout.write(JSON.stringify(Object.fromEntries(attempts)));
