import type { AttachKind, AttachOptions } from "../../backend/backend.js";
import type { HandleTable } from "../../handles/table.js";
import type { GuestMemory } from "../../memory/guest-memory.js";
import { bpfError } from "../errno.js";
import { KINDS } from "./kinds.js";
import { networkDecoders } from "./network.js";
import { probeDecoders } from "./probes.js";
import { OptionsReader } from "./reader.js";
import { socketDecoders } from "./sockets.js";
import { traceDecoders } from "./trace.js";

/** Reads the fields of one kind, in the order of docs/abi.md. */
export type Decoder<K extends AttachKind> = (
  read: OptionsReader,
  handles: HandleTable,
) => Extract<AttachOptions, { kind: K }>;

const DECODERS: { readonly [K in AttachKind]: Decoder<K> } = {
  ...traceDecoders,
  ...probeDecoders,
  ...networkDecoders,
  ...socketDecoders,
};

/** What `program_attach_to` was given, as the backend takes it. @throws BpfError `EINVAL`: no such kind */
export function decodeOptions(
  kind: number,
  memory: GuestMemory,
  handles: HandleTable,
  pointer: number,
  length: number,
): AttachOptions {
  const name = KINDS[kind];
  if (name === undefined) {
    throw bpfError(
      "EINVAL",
      `program_attach_to knows no kind ${kind}; a newer @wbpf/host may (this one has 1 to ${Object.keys(KINDS).length})`,
    );
  }
  const read = new OptionsReader(memory, pointer, length);
  const options = DECODERS[name](read, handles);
  read.end();
  return options;
}
