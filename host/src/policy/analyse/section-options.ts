import type { AttachOptions } from "../../backend/backend.js";

const UPROBE = /^(u(?:ret)?probe)(?:\.s)?\/([^:]+):([\w.@]+)(?:\+(0x[0-9a-fA-F]+|\d+))?$/;
const USDT = /^usdt(?:\.s)?\/([^:]+):([^:]+):([^:]+)$/;

/**
 * What a section that names a file says, as options, so that the file is the one which was looked up; `undefined` for all other sections. libbpf reads them so
 * (`attach_uprobe` and `attach_usdt` in its libbpf.c).
 */
export function optionsOfSection({
  section,
}: {
  readonly section: string;
}): AttachOptions | undefined {
  const uprobe = UPROBE.exec(section);
  if (uprobe !== null) {
    const [, kind, path = "", name = "", offset = "0"] = uprobe;
    return {
      kind: "uprobe",
      path,
      function: name,
      offset: BigInt(offset),
      retprobe: kind === "uretprobe",
    };
  }
  const usdt = USDT.exec(section);
  if (usdt === null) return undefined;
  const [, path = "", provider = "", name = ""] = usdt;
  return { kind: "usdt", path, provider, name };
}
