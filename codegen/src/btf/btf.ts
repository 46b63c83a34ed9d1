import { CodegenError, FormatError, hex } from "../errors.js";
import { alignmentOf } from "./alignment.js";
import { cDeclaration } from "./c-declaration.js";
import { decode } from "./decode.js";
import { fieldsOf } from "./fields.js";
import { KINDS } from "./format.js";
import { type Scan, scan } from "./scan.js";
import { resolve, sizeOf } from "./size.js";
import { checkByValue } from "./sound.js";
import { StringTable } from "./strings.js";
import type { BtfField, BtfKind, BtfType, ByteOrder, ResolvedType, TypeId } from "./types.js";

export interface BtfOptions {
  /** The BTF that this one continues: vmlinux for a module's. */
  readonly base?: Btf;
  /** What messages call the bytes, ".BTF" by default. */
  readonly section?: string;
  /** Bytes of a pointer. By default 8, or the size of `long` if the BTF has it. */
  readonly pointerSize?: 4 | 8;
}

/** Ids by name: the first of each name, and for each type the next of the same name (0: none). */
interface NameIndex {
  readonly first: ReadonlyMap<string, TypeId>;
  readonly next: Uint32Array;
}

/**
 * The types of a BPF object or of a kernel.
 *
 * Parsing checks every bound, name and reference and remembers where each type starts; a type is decoded when it is asked for. What types mean together (loops,
 * sizes) is checked when a size, an alignment or fields are asked for.
 *
 * @example
 * ```ts
 * const btf = Btf.parse(readFileSync("/sys/kernel/btf/vmlinux"));
 * const task = btf.findByName("task_struct", "STRUCT");
 * if (task) for (const field of btf.fields(task.id)) console.log(field.name, field.bitOffset / 8);
 * ```
 */
export class Btf {
  readonly byteOrder: ByteOrder;
  /** The BTF that this one continues. */
  readonly base: Btf | undefined;
  /** What messages call it. */
  readonly section: string;
  /** One more than the last id, the base's types and `void` included. */
  readonly typeCount: number;
  /** The first id that is not of the base. */
  readonly firstId: number;
  readonly #scan: Scan;
  readonly #little: boolean;
  readonly #strings: StringTable;
  readonly #types: (BtfType | undefined)[];
  readonly #fields = new Map<TypeId, readonly BtfField[]>();
  #pointerSize: number | undefined;
  #byName: NameIndex | undefined;

  /**
   * @throws FormatError for bytes that are not whole, sound BTF. Nothing is copied: leave the bytes as they are.
   */
  static parse(bytes: Uint8Array, options: BtfOptions = {}): Btf {
    return new Btf(bytes, options);
  }

  private constructor(bytes: Uint8Array, options: BtfOptions) {
    const base = options.base;
    this.section = options.section ?? ".BTF";
    this.base = base;
    this.#scan = scan(
      bytes,
      this.section,
      base && { typeCount: base.typeCount, stringEnd: base.#strings.end },
    );
    this.#strings = new StringTable(
      this.#scan.strings,
      this.section,
      base ? base.#strings : undefined,
    );
    this.byteOrder = this.#scan.byteOrder;
    this.#little = this.byteOrder === "little";
    if (base !== undefined && base.byteOrder !== this.byteOrder) {
      throw new FormatError(
        this.section,
        0,
        `is ${this.byteOrder}-endian, and its base ${base.byteOrder}-endian`,
      );
    }
    this.firstId = base?.typeCount ?? 1;
    this.typeCount = this.firstId + this.#scan.offsets.length;
    this.#types = new Array(this.#scan.offsets.length);
    this.#pointerSize = options.pointerSize;
  }

  /** Bytes of a pointer: 8 for BPF objects and 64-bit kernels. */
  get pointerSize(): number {
    this.#pointerSize ??= this.base?.pointerSize ?? this.#sizeOfLong() ?? 8;
    return this.#pointerSize;
  }

  /** @throws CodegenError `NO_TYPE` if there is no such id. */
  type(id: TypeId): BtfType {
    const known = this.#types[id - this.firstId];
    if (known !== undefined) return known;
    if (id === 0) return { id: 0, kind: "VOID", name: "" };
    if (id < this.firstId && this.base !== undefined) return this.base.type(id);
    const at = this.#scan.offsets[id - this.firstId];
    if (at === undefined) {
      throw new CodegenError(
        "NO_TYPE",
        `${this.section}: no type ${id}; the last one is ${this.typeCount - 1}`,
      );
    }
    const type = decode(id, {
      view: this.#scan.types,
      at,
      little: this.#little,
      section: this.section,
      start: this.#scan.typesStart,
      text: (offset) => this.#strings.at(offset),
      recordsEnumSign: this.#scan.recordsEnumSign,
    });
    this.#types[id - this.firstId] = type;
    return type;
  }

  /** The kind of a type, without decoding it. */
  kind(id: TypeId): BtfKind {
    if (id < this.firstId && this.base !== undefined) return this.base.kind(id);
    const at = this.#scan.offsets[id - this.firstId];
    if (at === undefined) return this.type(id).kind;
    return KINDS[(this.#scan.types.getUint32(at + 4, this.#little) >>> 24) & 0x1f] ?? "VOID";
  }

  /** Every type but `void`, by id, those of the base first. */
  *types(): Generator<BtfType> {
    for (let id = 1; id < this.typeCount; id++) yield this.type(id);
  }

  /** The first type of that name, of one kind if that is given (C has separate names for structs, unions, enums and everything else). */
  findByName(name: string, kind?: BtfKind): BtfType | undefined {
    return this.findAllByName(name).find((type) => kind === undefined || type.kind === kind);
  }

  /** Every type of that name, by id. A kernel has several structs of some names, from different C files. */
  findAllByName(name: string): BtfType[] {
    this.#byName ??= this.#indexNames();
    const found = this.base === undefined ? [] : this.base.findAllByName(name);
    for (
      let id = this.#byName.first.get(name) ?? 0;
      id !== 0;
      id = this.#byName.next[id - this.firstId] ?? 0
    ) {
      found.push(this.type(id));
    }
    return found;
  }

  /** The type behind typedefs, `const`, `volatile`, `restrict` and type tags. */
  resolve(id: TypeId): ResolvedType {
    return resolve(this, id);
  }

  /**
   * Bytes that a value takes, as C's `sizeof`.
   * @throws CodegenError `NO_SIZE` for `void`, functions, and structs that are only declared
   */
  size(id: TypeId): number {
    checkByValue(this, id);
    return sizeOf(this, id);
  }

  /**
   * A power of two that a value's address is a multiple of. BTF does not record alignment: this is the natural one of the target, and 1 for a struct whose offsets
   * or size contradict it (packed). What `aligned(n)` asks for beyond that cannot be known.
   */
  alignment(id: TypeId): number {
    checkByValue(this, id);
    return alignmentOf(this, id);
  }

  /**
   * The fields of a struct or union (or a typedef of one) as C names them: members of anonymous members are hoisted, bitfields of all compilers look alike.
   * @throws CodegenError `NO_FIELDS` for another type
   */
  fields(id: TypeId): readonly BtfField[] {
    const type = this.resolve(id);
    let fields = this.#fields.get(type.id);
    if (fields === undefined) {
      if (type.kind !== "STRUCT" && type.kind !== "UNION") {
        throw new CodegenError(
          "NO_FIELDS",
          `${this.describe(id)} is no struct or union, so it has no fields`,
        );
      }
      checkByValue(this, type.id);
      fields = fieldsOf(this, type);
      this.#fields.set(type.id, fields);
    }
    return fields;
  }

  /**
   * C text that declares `name` (or nothing, for a type name as in a cast) with this type: `int (*handler)(void *ctx)`. A struct without a name is written out.
   */
  cDeclaration(id: TypeId, name = ""): string {
    return cDeclaration(this, id, name);
  }

  /** How messages call a type: `type 17 (STRUCT event)`. */
  describe(id: TypeId): string {
    const type = this.type(id);
    return `type ${id} (${type.kind}${type.name === "" ? "" : ` ${type.name}`})`;
  }

  /** An error that points at a type of this BTF (or of its base). */
  error(id: TypeId, problem: string): FormatError {
    if (id < this.firstId && this.base !== undefined) return this.base.error(id, problem);
    const offset = this.#scan.typesStart + (this.#scan.offsets[id - this.firstId] ?? 0);
    return new FormatError(
      this.section,
      offset,
      `${this.describe(id)} at offset ${hex(offset)}: ${problem}`,
    );
  }

  #indexNames(): NameIndex {
    const { types, offsets } = this.#scan;
    const first = new Map<string, TypeId>();
    const next = new Uint32Array(offsets.length);
    for (let index = offsets.length - 1; index >= 0; index--) {
      const nameAt = types.getUint32(offsets[index] as number, this.#little);
      if (nameAt === 0) continue;
      const name = this.#strings.at(nameAt);
      next[index] = first.get(name) ?? 0;
      first.set(name, this.firstId + index);
    }
    return { first, next };
  }

  /** As libbpf does: `long` is as wide as a pointer on every Linux. */
  #sizeOfLong(): number | undefined {
    for (const name of ["long unsigned int", "unsigned long", "long int", "long"]) {
      const type = this.findByName(name, "INT");
      if (type?.kind === "INT" && (type.size === 4 || type.size === 8)) return type.size;
    }
    return undefined;
  }
}
