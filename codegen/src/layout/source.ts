import { readFileSync } from "node:fs";
import { Btf } from "../btf/btf.js";
import { EM_BPF } from "../elf/constants.js";
import { Elf } from "../elf/elf.js";
import { CodegenError, inFile } from "../errors.js";
import { BpfObjectFile } from "../object/object.js";

/** What a file that has types turned out to be. */
export interface TypeSource {
  readonly btf: Btf;
  /** Undefined for raw BTF, a kernel image or a kernel module. */
  readonly object: BpfObjectFile | undefined;
}

/**
 * Reads a BPF object, raw BTF (`/sys/kernel/btf/vmlinux`), or any other ELF file with a `.BTF` section (`vmlinux`, a `.ko`).
 * @param basePath the BTF that it continues, for a module's
 */
export function readTypeSource(path: string, basePath?: string): TypeSource {
  const base = basePath === undefined ? undefined : readTypeSource(basePath).btf;
  const bytes = readBytes(path);
  // A module's BTF goes on where vmlinux's ends, so by itself its references lead nowhere.
  const hint =
    path.endsWith(".ko") && base === undefined
      ? " (a kernel module needs --base /sys/kernel/btf/vmlinux)"
      : "";
  return inFile(`${path}${hint}`, () => {
    if (!Elf.is(bytes)) return { btf: Btf.parse(bytes, { base }), object: undefined };
    const elf = Elf.parse(bytes);
    if (elf.machine === EM_BPF) {
      const object = BpfObjectFile.parse(bytes);
      return { btf: object.btf, object };
    }
    const section = elf.section(".BTF");
    if (section === undefined) throw new CodegenError("NO_BTF", "the file has no section .BTF");
    // A module built outside the kernel's tree carries what it needs of vmlinux's types itself (kernel 6.11 and pahole 1.28).
    const carried = base === undefined ? elf.section(".BTF.base") : undefined;
    const foundation =
      carried === undefined ? base : Btf.parse(carried.data, { section: ".BTF.base" });
    return { btf: Btf.parse(section.data, { base: foundation }), object: undefined };
  });
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CodegenError(
      "CANNOT_READ",
      `cannot read ${path}: ${code === "ENOENT" ? "no such file" : message}`,
      { cause: error },
    );
  }
}
