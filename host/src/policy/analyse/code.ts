import { type ElfSection, readElf, SHT_PROGBITS } from "../../backend/kernel/elf/read.js";
import { INSTRUCTION, namesByNumber, stepAt } from "./instruction.js";
import { type ElfSymbol, type Relocation, readRelocations, readSymbols } from "./symbols.js";

/** What a program can call, itself or in a subprogram that libbpf appends to it. */
export interface ProgramCode {
  /** Of all that is loaded for it. */
  readonly instructions: number;
  /** Numbers of helpers, ascending; those that no call instruction can have are -1. */
  readonly helpers: readonly number[];
  /** Functions of the kernel by name; `#123` for one that the object names by the id of its type only. */
  readonly kfuncs: readonly string[];
  /** Functions that load a descriptor or a kernel object by a number of their own. */
  readonly byNumber: readonly string[];
}

const SHF_EXECINSTR = 4;
const STT_FUNC = 2;
const STT_SECTION = 3;
/** Subprograms stand here; libbpf appends from no other section. */
const TEXT = ".text";

interface CodeFunction {
  readonly name: string;
  readonly section: ElfSection;
  /** In bytes, in its section. */
  readonly start: number;
  readonly end: number;
}

interface Facts {
  readonly helpers: readonly number[];
  readonly kfuncs: readonly string[];
  readonly byNumber: boolean;
  readonly calls: readonly CodeFunction[];
  readonly instructions: number;
}

/** The code of a BPF object: what each of its programs can reach. Where the object leaves a question open, the answer is the larger one. */
export class ObjectCode {
  readonly #functions: readonly CodeFunction[];
  readonly #relocations: ReadonlyMap<number, ReadonlyMap<number, Relocation>>;
  readonly #symbols: readonly ElfSymbol[];
  readonly #facts = new Map<CodeFunction, Facts>();
  /** Programs may have a callback for exceptions, which nothing but a tag in BTF names. */
  readonly #hasExceptions: boolean;

  /** @throws ElfError */
  constructor(object: Uint8Array) {
    const sections = readElf(object);
    this.#symbols = readSymbols(sections);
    this.#relocations = readRelocations(sections);
    this.#functions = this.#symbols.flatMap((symbol) => functionOf(symbol, sections));
    const btf = sections.find(({ name }) => name === ".BTF")?.bytes ?? new Uint8Array();
    this.#hasExceptions = Buffer.from(btf).includes("exception_callback:");
  }

  /**
   * What the program of that name can reach.
   * @param section as libbpf says it, without the question mark of a program that is not loaded by itself
   */
  reach(program: string, section: string): ProgramCode {
    const roots = this.#functions.filter(
      (fn) => fn.name === program && [section, `?${section}`].includes(fn.section.name),
    );
    // A program that cannot be told apart may be any.
    const open = [...(roots.length > 0 ? roots : this.#functions)];
    if (this.#hasExceptions) open.push(...this.#text());
    const reached = new Set<CodeFunction>();
    for (let fn = open.pop(); fn !== undefined; fn = open.pop()) {
      if (reached.has(fn)) continue;
      reached.add(fn);
      open.push(...this.#factsOf(fn).calls);
    }
    const facts = [...reached].map((fn) => [fn, this.#factsOf(fn)] as const);
    const helpers = new Set(facts.flatMap(([, { helpers }]) => helpers));
    const kfuncs = new Set(facts.flatMap(([, { kfuncs }]) => kfuncs));
    return {
      instructions: facts.reduce((sum, [, { instructions }]) => sum + instructions, 0),
      helpers: [...helpers].sort((a, b) => a - b),
      kfuncs: [...kfuncs].sort(),
      byNumber: facts.filter(([, { byNumber }]) => byNumber).map(([{ name }]) => name),
    };
  }

  #text(): readonly CodeFunction[] {
    return this.#functions.filter(({ section }) => section.name === TEXT);
  }

  #factsOf(fn: CodeFunction): Facts {
    const known = this.#facts.get(fn);
    if (known !== undefined) return known;
    const facts = this.#read(fn);
    this.#facts.set(fn, facts);
    return facts;
  }

  #read(fn: CodeFunction): Facts {
    const { bytes, index } = fn.section;
    const code = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const relocations = this.#relocations.get(index);
    const helpers: number[] = [];
    const kfuncs: string[] = [];
    const calls: CodeFunction[] = [];
    let byNumber = false;
    for (let at = fn.start; at + INSTRUCTION <= fn.end; at += INSTRUCTION) {
      const step = stepAt(code, at);
      if (step === undefined) continue;
      const relocation = relocations?.get(at);
      const symbol = relocation && this.#symbols[relocation.symbol];
      // libbpf makes every call of something that is not in this object a call of the kernel, whatever the instruction said before.
      const external = symbol?.section === 0 ? symbol.name : undefined;
      if (external !== undefined && step.kind !== "load") {
        kfuncs.push(external);
        continue;
      }
      switch (step.kind) {
        case "helper":
          helpers.push(step.number > 0 ? step.number : -1);
          break;
        case "kfunc":
          kfuncs.push(`#${step.id}`);
          break;
        case "indirect":
          calls.push(...this.#text());
          break;
        case "call": {
          const target = this.#target(fn, at, step.offset, symbol);
          calls.push(...target);
          break;
        }
        case "load":
          byNumber ||= namesByNumber(step);
          calls.push(...this.#addressed(fn, at, step.value, step.source, symbol));
          at += INSTRUCTION;
          break;
      }
    }
    return { helpers, kfuncs, byNumber, calls, instructions: (fn.end - fn.start) / INSTRUCTION };
  }

  /** The subprograms that a call may mean: all of them if it is none that can be told. */
  #target(
    fn: CodeFunction,
    at: number,
    offset: number,
    symbol: ElfSymbol | undefined,
  ): CodeFunction[] {
    if (symbol === undefined) {
      return this.#at(fn.section.index, at + INSTRUCTION * (offset + 1));
    }
    const start = symbol.type === STT_SECTION ? 0 : symbol.value;
    return this.#at(symbol.section, start + INSTRUCTION * (offset + 1));
  }

  /** The function whose address a load takes, such as the callback of a timer; none if it takes the address of a variable or a map. */
  #addressed(
    fn: CodeFunction,
    at: number,
    value: number,
    source: number,
    symbol: ElfSymbol | undefined,
  ): readonly CodeFunction[] {
    if (symbol === undefined) {
      return source === 0 ? [] : this.#at(fn.section.index, at + INSTRUCTION * (value + 1));
    }
    const executable = this.#functions.some(({ section }) => section.index === symbol.section);
    if (!executable) return [];
    return this.#at(symbol.section, symbol.type === STT_SECTION ? value : symbol.value);
  }

  #at(section: number, offset: number): CodeFunction[] {
    const found = this.#functions.filter(
      (fn) => fn.section.index === section && offset >= fn.start && offset < fn.end,
    );
    return found.length > 0 ? found : [...this.#functions];
  }
}

/** The function that a symbol of an executable section names. */
function functionOf(symbol: ElfSymbol, sections: readonly ElfSection[]): CodeFunction[] {
  const section = sections[symbol.section];
  if (symbol.type !== STT_FUNC || section === undefined) return [];
  if (section.type !== SHT_PROGBITS || (section.flags & SHF_EXECINSTR) === 0) return [];
  const end = Math.min(symbol.value + symbol.size, section.bytes.length);
  return [{ name: symbol.name, section, start: symbol.value, end }];
}
