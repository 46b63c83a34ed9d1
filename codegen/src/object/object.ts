import { Btf } from "../btf/btf.js";
import type { ByteOrder } from "../btf/types.js";
import { EM_BPF, EM_NONE } from "../elf/constants.js";
import { Elf } from "../elf/elf.js";
import { CodegenError, FormatError } from "../errors.js";
import { readDataSections } from "./data.js";
import { readMaps } from "./maps.js";
import { readPrograms } from "./programs.js";
import { type ObjectSource, openSource } from "./source.js";
import { readStructOps } from "./struct-ops.js";
import type {
  DataSectionSpec,
  MapSpec,
  ObjectWarning,
  ProgramSpec,
  StructOpsSpec,
  SubprogramSpec,
} from "./types.js";

/**
 * What a `.bpf.o` declares: programs, maps, global variables, with their BTF. Reading it needs no kernel and no libbpf.
 *
 * @example
 * ```ts
 * const object = BpfObjectFile.parse(readFileSync("bootstrap.bpf.o"));
 * for (const map of object.maps) console.log(map.name, map.typeName, map.keySize, map.valueSize);
 * ```
 */
export class BpfObjectFile {
  readonly byteOrder: ByteOrder;
  readonly elf: Elf;
  readonly btf: Btf;
  /** Text of the `license` section, empty without one. */
  readonly license: string;
  /** By section, then by place in it. */
  readonly programs: readonly ProgramSpec[];
  readonly subprograms: readonly SubprogramSpec[];
  /** By place in `.maps`, which is the order of the C source. */
  readonly maps: readonly MapSpec[];
  readonly dataSections: readonly DataSectionSpec[];
  readonly structOps: readonly StructOpsSpec[];
  readonly warnings: readonly ObjectWarning[];

  /**
   * @throws FormatError for bytes that are no whole, sound BPF object
   * @throws CodegenError for one that libbpf would not take: without BTF, with maps of the old form
   */
  static parse(bytes: Uint8Array): BpfObjectFile {
    return new BpfObjectFile(bytes);
  }

  private constructor(bytes: Uint8Array) {
    this.elf = Elf.parse(bytes);
    this.byteOrder = this.elf.byteOrder;
    if (this.elf.machine !== EM_BPF && this.elf.machine !== EM_NONE) {
      throw new FormatError(
        "ELF",
        18,
        `no BPF object: built for machine ${this.elf.machine}; compile with clang -target bpf`,
      );
    }
    const section = this.elf.section(".BTF");
    if (section === undefined) {
      throw new CodegenError(
        "NO_BTF",
        "the object has no types (section .BTF): compile it with clang -g",
      );
    }
    this.btf = Btf.parse(section.data, { pointerSize: 8 });
    const source = openSource(this.elf, this.btf);
    this.license = text(this.elf.section("license")?.data);
    this.maps = readMaps(source);
    const { programs, subprograms } = readPrograms(source);
    this.programs = programs;
    this.subprograms = subprograms;
    this.dataSections = readDataSections(source);
    this.structOps = readStructOps(source);
    this.warnings = [...truncatedEnums(this.btf), ...strayVariables(source)];
  }
}

function text(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return "";
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString("utf8");
}

/** An ENUM has 32-bit values; one of 8 bytes is what clang 14 made of a 64-bit enum (newer ones write ENUM64). */
function truncatedEnums(btf: Btf): ObjectWarning[] {
  const warnings: ObjectWarning[] = [];
  for (let id = btf.firstId; id < btf.typeCount; id++) {
    if (btf.kind(id) !== "ENUM") continue;
    const type = btf.type(id);
    if (type.kind !== "ENUM" || !type.truncated) continue;
    const name = type.name === "" ? `with ${type.values[0]?.name ?? "no names"}` : type.name;
    warnings.push({
      code: "ENUM_TRUNCATED",
      message: `enum ${name} has 8 bytes, but the compiler kept only 32 bits of each value: compile with clang 15 or newer, or give its values as macros`,
    });
  }
  return warnings;
}

/** libbpf 1.1 does not open an object whose BTF lists a section that is not there, and no kernel takes BTF that lists a variable beyond its section's end. */
function strayVariables({ elf, strays }: ObjectSource): ObjectWarning[] {
  return [...strays].flatMap(([index, variables]) =>
    variables.map(({ variable: { name }, listed }): ObjectWarning => {
      const effect =
        elf.section(listed) === undefined
          ? "libbpf does not open the object"
          : "kernels may refuse its BTF";
      return {
        code: "VARIABLE_MISLISTED",
        message: `the compiler put ${name} into ${elf.sections[index]?.name} but lists it under ${listed}, so that ${effect}: leave out the initialiser of ${name}, or write another one`,
      };
    }),
  );
}
