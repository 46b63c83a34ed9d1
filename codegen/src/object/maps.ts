import { resolve } from "../btf/size.js";
import type { BtfComposite, BtfMember, ResolvedType, TypeId } from "../btf/types.js";
import { CodegenError } from "../errors.js";
import { mapTypeName } from "./map-types.js";
import { Relocations } from "./relocations.js";
import { type ObjectSource, type PlacedVariable, placeVariables } from "./source.js";
import type { MapSpec } from "./types.js";

/** `enum libbpf_pin_type` of bpf_helpers.h. */
const PINNING = ["none", "by_name"] as const;

/** A map definition while it is read. */
type Draft = { -readonly [K in keyof MapSpec]: MapSpec[K] };

/**
 * The maps of `.maps`, as libbpf reads them: each is a variable of a struct whose members carry numbers as array lengths (`__uint`), types as pointers (`__type`) and
 * what a map holds as an array (`__array`). See `bpf_helpers.h` of libbpf.
 */
export function readMaps(source: ObjectSource): MapSpec[] {
  refuseLegacy(source);
  const section = source.elf.section(".maps");
  if (section === undefined) return [];
  const relocations = new Relocations(source, section);
  return placeVariables(source, section).map((placed) => {
    if (placed.variable.linkage === "static") {
      throw new CodegenError(
        "BAD_MAP",
        `map ${placed.variable.name} is static, which libbpf refuses: remove "static"`,
      );
    }
    const map = new MapReader(source, placed.variable.name).read(
      placed.variable.type,
      placed.variable.id,
      false,
    );
    return { ...map, values: initialValues(source, placed, relocations) };
  });
}

function refuseLegacy(source: ObjectSource): void {
  const legacy = source.elf.sections.find(
    ({ name }) => name === "maps" || name.startsWith("maps/"),
  );
  if (legacy === undefined) return;
  throw new CodegenError(
    "LEGACY_MAPS",
    `section "${legacy.name}" has maps of the old form (struct bpf_map_def), which libbpf 1.0 dropped: declare them in SEC(".maps") with __uint and __type`,
  );
}

class MapReader {
  readonly #source: ObjectSource;
  readonly #name: string;

  constructor(source: ObjectSource, name: string) {
    this.#source = source;
    this.#name = name;
  }

  read(typeId: TypeId, variable: TypeId, isInner: boolean): MapSpec {
    const { btf } = this.#source;
    const type = resolve(btf, typeId);
    if (type.kind !== "STRUCT")
      throw this.#error(`is a ${type.kind}, not a struct of __uint and __type members`);
    const draft: Draft = {
      name: this.#name,
      type: 0,
      typeName: "",
      keySize: 0,
      keyType: undefined,
      valueSize: 0,
      valueType: undefined,
      maxEntries: 0,
      flags: 0,
      mapExtra: 0n,
      numaNode: 0,
      pinning: "none",
      inner: undefined,
      values: [],
      variable,
    };
    for (const member of type.members) this.#member(draft, member, type, isInner);
    if (!type.members.some(({ name }) => name === "type"))
      throw this.#error("has no type: add __uint(type, BPF_MAP_TYPE_…)");
    draft.typeName = mapTypeName(draft.type);
    return draft;
  }

  #member(draft: Draft, member: BtfMember, owner: BtfComposite, isInner: boolean): void {
    switch (member.name) {
      case "type":
        draft.type = this.#u32(member);
        return;
      case "max_entries":
        draft.maxEntries = this.#u32(member);
        return;
      case "map_flags":
        draft.flags = this.#u32(member);
        return;
      case "numa_node":
        draft.numaNode = this.#u32(member);
        return;
      case "map_extra":
        draft.mapExtra = this.#number(member);
        return;
      case "key_size":
        draft.keySize = this.#agree("key", draft.keySize, this.#u32(member));
        return;
      case "value_size":
        draft.valueSize = this.#agree("value", draft.valueSize, this.#u32(member));
        return;
      case "key":
        draft.keyType = this.#pointee(member);
        draft.keySize = this.#agree("key", draft.keySize, this.#source.btf.size(draft.keyType));
        return;
      case "value":
        draft.valueType = this.#pointee(member);
        draft.valueSize = this.#agree(
          "value",
          draft.valueSize,
          this.#source.btf.size(draft.valueType),
        );
        return;
      case "pinning": {
        const number = this.#u32(member);
        const pinning = PINNING[number];
        if (pinning === undefined)
          throw this.#error(
            `has an unknown pinning ${number}; libbpf knows 0 and 1 (LIBBPF_PIN_BY_NAME)`,
          );
        if (isInner) throw this.#error("is inside another map, so it cannot be pinned");
        draft.pinning = pinning;
        return;
      }
      case "values":
        if (member !== owner.members.at(-1))
          throw this.#error("must have __array(values, …) as its last member");
        draft.inner = this.#values(member, draft, isInner);
        return;
      default:
        throw this.#error(`has an unknown member "${member.name}", which libbpf refuses`);
    }
  }

  /** What `__array(values, …)` holds: maps (their definition) or programs (nothing more to know). */
  #values(member: BtfMember, draft: Draft, isInner: boolean): MapSpec | undefined {
    const { btf } = this.#source;
    if (isInner) throw this.#error("nests map-in-map twice, which the kernel does not have");
    const array = this.#resolve(member.type);
    if (array.kind !== "ARRAY")
      throw this.#error(`has values that are a ${array.kind}, not an array`);
    const element = this.#resolve(array.elementType);
    if (element.kind !== "PTR") throw this.#error(`has values of ${element.kind}, not of pointers`);
    const target = this.#resolve(element.type);
    // Both hold file descriptors, so libbpf sets the size itself.
    draft.valueSize = this.#agree("value", draft.valueSize, 4);
    if (target.kind === "FUNC_PROTO") return undefined;
    if (target.kind === "STRUCT") {
      return new MapReader(this.#source, `${this.#name}.inner`).read(
        target.id,
        draft.variable,
        true,
      );
    }
    throw this.#error(
      `has values of pointers to ${btf.describe(target.id)}, neither maps nor programs`,
    );
  }

  #u32(member: BtfMember): number {
    const number = this.#number(member);
    if (number > 0xffffffffn) throw this.#error(`has a ${member.name} over 32 bits`);
    return Number(number);
  }

  /** `__uint` makes a pointer to an array of that length; `__ulong` an enum with that one value. */
  #number(member: BtfMember): bigint {
    const type = this.#resolve(member.type);
    if (type.kind === "PTR") {
      const array = this.#resolve(type.type);
      if (array.kind === "ARRAY") return BigInt(array.length);
    }
    const value = type.kind === "ENUM" || type.kind === "ENUM64" ? type.values[0] : undefined;
    if (value !== undefined) return BigInt.asUintN(64, value.value);
    throw this.#error(`has a ${member.name} that is no number: use __uint(${member.name}, …)`);
  }

  #pointee(member: BtfMember): TypeId {
    const type = this.#resolve(member.type);
    if (type.kind !== "PTR")
      throw this.#error(`has a ${member.name} that is no type: use __type(${member.name}, …)`);
    return type.type;
  }

  #resolve(id: TypeId): ResolvedType {
    return resolve(this.#source.btf, id);
  }

  #agree(what: string, before: number, now: number): number {
    if (before !== 0 && before !== now)
      throw this.#error(`has two ${what} sizes, ${before} and ${now}`);
    return now;
  }

  #error(problem: string): CodegenError {
    return new CodegenError("BAD_MAP", `map ${this.#name} ${problem}`);
  }
}

/** Names that `__array(values, …) = { … }` sets, by index: the bytes hold nothing but relocations. */
function initialValues(
  source: ObjectSource,
  placed: PlacedVariable,
  relocations: Relocations,
): (string | undefined)[] {
  const type = resolve(source.btf, placed.variable.type);
  const member =
    type.kind === "STRUCT" ? type.members.find(({ name }) => name === "values") : undefined;
  if (member === undefined) return [];
  const start = placed.offset + member.bitOffset / 8;
  const values: (string | undefined)[] = [];
  for (const { offset, target } of relocations.between(start, placed.offset + placed.size)) {
    const index = (offset - start) / source.btf.pointerSize;
    if (!Number.isInteger(index)) continue;
    while (values.length < index) values.push(undefined);
    values[index] = target;
  }
  return values;
}
