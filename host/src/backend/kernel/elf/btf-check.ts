import { ElfError } from "./read.js";

/**
 * Checks a `.BTF` section (Documentation/bpf/btf.rst of the kernel; `include/uapi/linux/btf.h`) as far as libbpf, before its version 1.4, takes it on trust:
 * every reference inside the section leads to something of a fitting kind, and no type contains itself.
 */

const MAGIC = 0xeb9f;
const HEADER_SIZE = 24;
const TYPE_SIZE = 12;
/**
 * The tag of a pointer in the value of a task storage (Linux 6.13): the kernel takes what is stored there for an address of the process that stores it, and lets
 * BPF programs write there. A module's numbers are no addresses, and the process is the host.
 */
const UPTR = "uptr";

/** `BTF_KIND_*`. */
export enum Kind {
  Int = 1,
  Ptr = 2,
  Array = 3,
  Struct = 4,
  Union = 5,
  Enum = 6,
  Fwd = 7,
  Typedef = 8,
  Volatile = 9,
  Const = 10,
  Restrict = 11,
  Func = 12,
  FuncProto = 13,
  Var = 14,
  Datasec = 15,
  Float = 16,
  DeclTag = 17,
  TypeTag = 18,
  Enum64 = 19,
}

/** What follows the 12 bytes that each type starts with: a fixed part, and one for each of `vlen` members. */
export const EXTRA: Readonly<Partial<Record<Kind, readonly [fixed: number, each: number]>>> = {
  [Kind.Int]: [4, 0],
  [Kind.Array]: [12, 0],
  [Kind.Struct]: [0, 12],
  [Kind.Union]: [0, 12],
  [Kind.Enum]: [0, 8],
  [Kind.FuncProto]: [0, 8],
  [Kind.Var]: [4, 0],
  [Kind.Datasec]: [0, 12],
  [Kind.DeclTag]: [4, 0],
  [Kind.Enum64]: [0, 12],
};

/** A `.BTF` section that was found to be sound. */
export interface CheckedBtf {
  readonly typeCount: number;
  /** Length of the string section. */
  readonly stringBytes: number;
}

/** @throws ElfError */
export function checkBtf(section: Uint8Array): CheckedBtf {
  return new BtfChecker(section).check();
}

class BtfChecker {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  /** Where each type stands, by its id; [0] is void. */
  readonly #at: number[] = [-1];
  /** Where its strings begin, and how many bytes they have. */
  #strings = 0;
  #stringBytes = 0;

  constructor(section: Uint8Array) {
    this.#bytes = section;
    this.#view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  }

  check(): CheckedBtf {
    if (this.#bytes.length < HEADER_SIZE) throw broken("its header is cut off");
    const view = this.#view;
    if (view.getUint16(0, true) !== MAGIC) throw broken("it does not start as BTF does");
    if (this.#bytes[2] !== 1) throw broken(`it is of version ${this.#bytes[2]}, not 1`);
    const header = view.getUint32(4, true);
    const [typeOffset, typeBytes, stringOffset, stringBytes] = [8, 12, 16, 20].map((at) =>
      view.getUint32(at, true),
    ) as [number, number, number, number];
    const end = this.#bytes.length;
    if (
      header < HEADER_SIZE ||
      typeOffset % 4 !== 0 ||
      header + typeOffset + typeBytes > end ||
      header + stringOffset + stringBytes > end ||
      typeOffset + typeBytes > stringOffset
    ) {
      throw broken("its parts leave the section");
    }
    const strings = header + stringOffset;
    if (
      stringBytes === 0 ||
      this.#bytes[strings] !== 0 ||
      this.#bytes[strings + stringBytes - 1] !== 0
    ) {
      throw broken("its strings do not start and end with a NUL");
    }
    this.#strings = strings;
    this.#stringBytes = stringBytes;
    this.#findTypes(header + typeOffset, header + typeOffset + typeBytes);
    for (let id = 1; id < this.#at.length; id++) this.#checkType(id);
    this.#checkContainment();
    return { typeCount: this.#at.length, stringBytes };
  }

  #findTypes(start: number, end: number): void {
    for (let at = start; at < end; ) {
      if (at + TYPE_SIZE > end) throw broken("its last type is cut off");
      const kind = this.#kindAt(at);
      if (kind < Kind.Int || kind > Kind.Enum64) throw broken(`it has a type of kind ${kind}`);
      const [fixed, each] = EXTRA[kind] ?? [0, 0];
      this.#at.push(at);
      at += TYPE_SIZE + fixed + each * this.#vlenAt(at);
      if (at > end) throw broken("its last type is cut off");
    }
  }

  #checkType(id: number): void {
    const at = this.#at[id] as number;
    const kind = this.#kindAt(at);
    this.#checkName(at);
    const type = this.#view.getUint32(at + 8, true);
    if (kind === Kind.TypeTag && this.#nameAt(at) === UPTR) {
      throw new ElfError(
        `has values with pointers to user memory ('__uptr'), through which its programs would reach the host's memory`,
      );
    }
    switch (kind) {
      case Kind.Typedef:
      case Kind.Volatile:
      case Kind.Const:
      case Kind.Restrict:
      case Kind.Ptr:
      case Kind.TypeTag:
      case Kind.DeclTag:
      case Kind.Var:
        this.#checkId(id, type);
        break;
      case Kind.Func:
        this.#checkKind(id, type, [Kind.FuncProto]);
        break;
      case Kind.Array:
        this.#checkId(id, this.#view.getUint32(at + 12, true));
        this.#checkId(id, this.#view.getUint32(at + 16, true));
        break;
      case Kind.FuncProto:
        this.#checkId(id, type);
        this.#members(at, 8, (member) => this.#checkId(id, this.#view.getUint32(member + 4, true)));
        break;
      case Kind.Datasec:
        this.#members(at, 12, (member) =>
          this.#checkKind(id, this.#view.getUint32(member, true), [Kind.Var, Kind.Func]),
        );
        break;
      case Kind.Struct:
      case Kind.Union:
        this.#members(at, 12, (member) =>
          this.#checkId(id, this.#view.getUint32(member + 4, true)),
        );
    }
    if (this.#hasMemberNames(kind)) {
      this.#members(at, (EXTRA[kind] as readonly [number, number])[1], (member) =>
        this.#checkName(member),
      );
    }
  }

  #hasMemberNames(kind: Kind): boolean {
    return (
      kind === Kind.Struct ||
      kind === Kind.Union ||
      kind === Kind.Enum ||
      kind === Kind.Enum64 ||
      kind === Kind.FuncProto
    );
  }

  /** No type holds itself by value, or stands for itself: whoever asks for its size or skips its qualifiers would never end. */
  #checkContainment(): void {
    const state = new Uint8Array(this.#at.length); // 0 not seen, 1 on the path, 2 done
    for (let root = 1; root < this.#at.length; root++) {
      if (state[root] !== 0) continue;
      const path = [{ id: root, parts: this.#partsOf(root), next: 0 }];
      state[root] = 1;
      while (path.length > 0) {
        const step = path.at(-1) as (typeof path)[number];
        const part = step.parts[step.next++];
        if (part === undefined) {
          state[step.id] = 2;
          path.pop();
        } else if (state[part] === 1) {
          throw broken(`type ${part} contains itself`);
        } else if (state[part] === 0) {
          state[part] = 1;
          path.push({ id: part, parts: this.#partsOf(part), next: 0 });
        }
      }
    }
  }

  /** The types that a type holds by value. */
  #partsOf(id: number): number[] {
    const at = this.#at[id] as number;
    const parts: number[] = [];
    switch (this.#kindAt(at)) {
      case Kind.Typedef:
      case Kind.Volatile:
      case Kind.Const:
      case Kind.Restrict:
      case Kind.TypeTag:
      case Kind.DeclTag:
      case Kind.Var:
        parts.push(this.#view.getUint32(at + 8, true));
        break;
      case Kind.Array:
        parts.push(this.#view.getUint32(at + 12, true));
        break;
      case Kind.Struct:
      case Kind.Union:
        this.#members(at, 12, (member) => parts.push(this.#view.getUint32(member + 4, true)));
    }
    return parts.filter((part) => part !== 0);
  }

  #kindAt(at: number): Kind {
    return (this.#view.getUint32(at + 4, true) >>> 24) & 0x1f;
  }

  #vlenAt(at: number): number {
    return this.#view.getUint32(at + 4, true) & 0xffff;
  }

  #members(at: number, size: number, visit: (member: number) => void): void {
    const count = this.#vlenAt(at);
    for (let index = 0; index < count; index++) visit(at + TYPE_SIZE + index * size);
  }

  /** The first word of a type, and of a member that has a name. */
  #checkName(at: number): void {
    const offset = this.#view.getUint32(at, true);
    if (offset >= this.#stringBytes) throw broken(`a name stands outside its strings`);
  }

  #nameAt(at: number): string {
    const start = this.#strings + this.#view.getUint32(at, true);
    const end = this.#bytes.indexOf(0, start);
    return new TextDecoder().decode(this.#bytes.subarray(start, end));
  }

  #checkId(id: number, type: number): void {
    if (type >= this.#at.length) {
      throw broken(`type ${id} refers to type ${type}, and the last is ${this.#at.length - 1}`);
    }
  }

  #checkKind(id: number, type: number, kinds: readonly Kind[]): void {
    this.#checkId(id, type);
    if (type === 0 || !kinds.includes(this.#kindAt(this.#at[type] as number))) {
      throw broken(`type ${id} refers to type ${type}, which is of a wrong kind`);
    }
  }
}

const broken = (what: string) => new ElfError(`has BTF that is broken: ${what}`);
