import type { Fragment, Program } from "./play.js";
import { HEAD } from "./play.js";

/** Types of variables and expressions: text, a number, an object, an object or null, and an array of four numbers. */
type Type = "string" | "i32" | "Row" | "Row | null" | "StaticArray<i32>";
const TYPES: readonly Type[] = ["string", "i32", "Row", "Row | null", "StaticArray<i32>"];

/** What all fragments use. */
const LIBRARY = `
interface Sink { keep(s: string): void }
class Row implements Sink {
  a: string; n: i32; next: Row | null = null; nums: StaticArray<i32> = [1, 2, 3, 4];
  constructor(a: string, n: i32) { this.a = a; this.n = n; this.nums[n & 3] = n; }
  get label(): string { return \`\${this.a}/\${this.n}\`; }
  set label(v: string) { this.a = v; }
  keep(s: string): void { this.a = s; }
  show(): string { const next = this.next; return next === null ? this.label : \`\${this.label}>\${next.n}\`; }
}
class Wide extends Row {
  b: string;
  constructor(a: string, b: string) { super(a, b.length); this.b = b; }
  show(): string { return \`\${this.b}|\${super.show()}\`; }
}
class Tight extends Row { @inline constructor(n: i32) { super("tight", n); } }
class Plain { s: string = "plain"; n: i32 = 3; }
class Box<T> { constructor(public v: T) {} put(v: T): void { this.v = v; } get(): T { return this.v; } @operator("+") add(v: T): Box<T> { this.v = v; return this; } }
class Static { static last: string = "never"; }
let gs: string = "global";
let gr: Row = new Row("old", 1);
let gn: Row | null = null;
let ga: StaticArray<i32> = [9, 8, 7, 6];
const words: StaticArray<string> = ["w0", "w1", "w2", "w3"];
const names: string[] = ["first"];
const byNumber = new Map<i32, string>();
const box = new Box<string>("boxed");
const rows = new Box<Row>(new Row("in a box", 2));
const sinks: Sink[] = [new Row("sink", 0), new Wide("sink", "wide")];
const makers: ((n: i32) => string)[] = [(n: i32): string => "made" + n.toString(), (n: i32): string => gs, (n: i32): string => new Row("m", n).label];
const keepers: ((s: string, n: i32, m: i32) => void)[] = [(s: string, n: i32, m: i32): void => { gs = s; }, (s: string, n: i32, m: i32): void => { gr.a = s; }];
function show(r: Row | null): string { return r === null ? "null" : r.show(); }
function or(r: Row | null): Row { return r === null ? gr : r; }
function same<T>(v: T): T { return v; }
function cut(s: string): string { return s.length > 24 ? s.substring(0, 24) : s; }
function sum(a: StaticArray<i32>): i32 { let t = 0; for (let i = 0; i < 4; i++) t += a[i]; return t & 0xffff; }
function four(n: i32): StaticArray<i32> { const a = new StaticArray<i32>(4); for (let i = 0; i < 4; i++) a[i] = n + i; return a; }
function pick<T>(n: i32, a: T, b: T): T { return (n & 1) == 0 ? a : b; }
`;

/** Numbers as by mulberry32: the same for the same seed. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Variable {
  readonly name: string;
  readonly type: Type;
  readonly constant: boolean;
}

/** Writes one function at random. */
class Writer {
  private readonly random: () => number;
  /** How often references are stored in what outlives the function. */
  private readonly keeping: number;
  private variables: Variable[];
  private next = 0;
  private loops = 0;
  /** Statements that may still be written. */
  private left: number;
  keeps = false;
  /** `this` of a constructor that is written. */
  own = false;

  constructor(random: () => number, keeping: number, parameters: readonly Variable[]) {
    this.random = random;
    this.keeping = keeping;
    this.variables = [...parameters];
    // Short ones are left in the program more often, and long ones hold more.
    this.left = this.one([4, 8, 20]);
  }

  one<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.random() * choices.length)] as T;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  private known(type: Type): string | undefined {
    const all = this.variables.filter((one) => one.type === type);
    return all.length === 0 ? undefined : this.one(all).name;
  }

  /** An expression of a type. */
  of(type: Type, depth = 2): string {
    const known = this.known(type);
    if (known !== undefined && this.chance(depth <= 0 ? 0.9 : 0.45)) return known;
    const of = (wanted: Type): string => this.of(wanted, depth - 1);
    const deep: Record<Type, () => string> = {
      string: () =>
        this.one([
          () => `${of("i32")}.toString()`,
          () => `cut(\`\${${of("string")}}-\${${of("i32")}}\`)`,
          () => `cut(${of("string")} + ${of("string")})`,
          () => `${of("string")}.substring(1, 4)`,
          () => `${of("string")}.toUpperCase()`,
          () => `${of("string")}.padStart(5, "_")`,
          () => `show(${of("Row | null")})`,
          () => `${of("Row")}.show()`,
          () => `${of("Row")}.a`,
          () => `${of("Row")}.label`,
          () => `(${this.condition()} ? ${of("string")} : ${of("string")})`,
          () => `pick<string>(${of("i32")}, ${of("string")}, ${of("string")})`,
          () => `makers[${this.one([0, 1, 2])}](${of("i32")})`,
          () => `new Box<string>(${of("string")}).get()`,
          () => `words[${of("i32")} & 3]`,
          () => this.one(["gs", "box.v", "names[0]", "Static.last", "new Plain().s"]),
        ])(),
      i32: () =>
        this.one([
          () => `${of("string")}.length`,
          () => `${of("Row")}.n`,
          () => `sum(${of("StaticArray<i32>")})`,
          () => `${of("StaticArray<i32>")}[${this.one([0, 1, 2, 3])}]`,
          () => `((${of("i32")} + ${of("i32")}) & 1023)`,
          () => `(${this.condition()} ? ${of("i32")} : ${of("i32")})`,
        ])(),
      Row: () =>
        this.one([
          () => `new Row(${of("string")}, ${of("i32")})`,
          () => `new Wide(${of("string")}, ${of("string")})`,
          () => `new Tight(${of("i32")})`,
          () => `or(${of("Row | null")})`,
          () => `same<Row>(${of("Row")})`,
          () => `pick<Row>(${of("i32")}, ${of("Row")}, ${of("Row")})`,
          () => `(${this.condition()} ? ${of("Row")} : ${of("Row")})`,
          () => `new Box<Row>(${of("Row")}).v`,
          () => this.one(["gr", "rows.v", "rows.get()"]),
        ])(),
      "Row | null": () =>
        this.one([() => of("Row"), () => `${of("Row")}.next`, () => "null", () => "gn"])(),
      "StaticArray<i32>": () =>
        this.one([
          () => `four(${of("i32")})`,
          () => `${of("Row")}.nums`,
          () => `same<StaticArray<i32>>([${of("i32")}, ${of("i32")}, 3, 4])`,
          () => "ga",
        ])(),
    };
    const flat: Record<Type, () => string> = {
      string: () => this.one(['"k"', '"some text"', "gs", "names[0]"]),
      i32: () => this.one(["(0)", "(1)", "(2)", "(7)"]),
      Row: () => this.one(["gr", "rows.v", `new Row("r", ${this.one([1, 2, 3])})`]),
      "Row | null": () => this.one(["null", "gr", "gn"]),
      "StaticArray<i32>": () => this.one(["ga", "four(1)"]),
    };
    return (depth <= 0 ? flat : deep)[type]();
  }

  condition(): string {
    return this.one([
      () => `${this.of("i32", 0)} % ${this.one([2, 3])} == 0`,
      () => `${this.of("string", 1)}.length > ${this.one([2, 5, 9])}`,
      () => `${this.of("string", 1)} == ${this.of("string", 1)}`,
      () => `${this.of("Row | null", 1)} === null`,
      () => `${this.of("Row", 0)} instanceof Wide`,
    ])();
  }

  private fresh(type: Type, constant = false): string {
    const name = `v${this.next++}`;
    this.variables.push({ name, type, constant });
    return name;
  }

  /** Statements in braces. */
  block(most = 4, extra: readonly string[] = []): string {
    const outer = this.variables;
    this.variables = [...outer];
    const lines = [...extra];
    for (let i = this.one([1, 2, 3, most]); i > 0 && this.left > 0; i--)
      lines.push(this.statement());
    this.variables = outer;
    return `{ ${lines.join(" ")} }`;
  }

  statement(): string {
    this.left--;
    if (this.chance(this.keeping)) return this.keep();
    const kinds: (() => string)[] = [
      () => this.declare(),
      () => this.declare(),
      () => this.assign(),
      () => this.assign(),
      () => this.assign(),
      () => `console.log(${this.of("string")});`,
      () => `console.log(${this.of("string")});`,
      () => this.change(),
      () => `if (${this.condition()}) ${this.block()}`,
      () => `if (${this.condition()}) ${this.block()} else ${this.block()}`,
      () => this.select(),
    ];
    if (this.loops < 2)
      kinds.push(
        () => this.loop(),
        () => this.loop(),
      );
    if (this.loops > 0)
      kinds.push(() => `if (${this.condition()}) ${this.one(["break", "continue"])};`);
    if (this.own)
      kinds.push(
        () => this.keepOwn(),
        () => this.keepOwn(),
      );
    return this.one(kinds)();
  }

  private declare(): string {
    const type = this.one(TYPES);
    const value = this.of(type);
    const constant = this.chance(0.4);
    return `${constant ? "const" : "let"} ${this.fresh(type, constant)}: ${type} = ${value};`;
  }

  private assign(): string {
    const all = this.variables.filter(({ constant }) => !constant);
    if (all.length === 0) return this.declare();
    const { name, type } = this.one(all);
    const literal = type === "StaticArray<i32>" && this.chance(0.4);
    const value = literal ? `[${this.of("i32")}, ${this.of("i32")}, 5, 6]` : this.of(type);
    if (type === "string" && this.chance(0.2)) return `console.log((${name} = ${value}));`;
    return `${name} = ${value};`;
  }

  /** Changes numbers of an object; it keeps nothing. */
  private change(): string {
    return this.one([
      () => `${this.of("Row", 1)}.n = ${this.of("i32")};`,
      () => `${this.of("StaticArray<i32>", 1)}[${this.one([0, 1, 2, 3])}] = ${this.of("i32")};`,
    ])();
  }

  private keepOwn(): string {
    return this.one([
      () => `this.s = ${this.of("string")};`,
      () => `this.r = ${this.of("Row | null")};`,
      () => `this.a = ${this.of("StaticArray<i32>")};`,
      () => `this.n = ${this.of("i32")};`,
    ])();
  }

  private keep(): string {
    this.keeps = true;
    return this.one([
      () => `gs = ${this.of("string")};`,
      () => `gr = ${this.of("Row")};`,
      () => `gn = ${this.of("Row | null")};`,
      () => `ga = ${this.of("StaticArray<i32>")};`,
      () => `${this.of("Row", 1)}.a = ${this.of("string")};`,
      () => `${this.of("Row", 1)}.label = ${this.of("string")};`,
      () => `${this.of("Row", 1)}.next = gr;`,
      () => `${this.of("Row", 1)}.nums = ${this.of("StaticArray<i32>")};`,
      () => `words[${this.of("i32")} & 3] = ${this.of("string")};`,
      () => `unchecked(words[${this.of("i32")} & 3] = ${this.of("string")});`,
      () => `names.push(${this.of("string")});`,
      () => `names[0] = ${this.of("string")};`,
      () => `byNumber.set(${this.of("i32")}, ${this.of("string")});`,
      () => `box.put(${this.of("string")});`,
      () => `box + ${this.of("string")};`,
      () => `rows.v = ${this.of("Row")};`,
      () => `sinks[${this.of("i32")} & 1].keep(${this.of("string")});`,
      () => `keepers[${this.of("i32")} & 1](${this.of("string")}, 1, 2);`,
      () => `Static.last = ${this.of("string")};`,
      () => `words.fill(${this.of("string")});`,
    ])();
  }

  private loop(): string {
    const times = this.one([2, 3, 4]);
    const at = `i${this.next++}`;
    const outer = this.variables;
    this.variables = [...outer, { name: at, type: "i32", constant: true }];
    this.loops++;
    const text = this.one([
      () => `for (let ${at} = 0; ${at} < ${times}; ${at}++) ${this.block()}`,
      () => `{ let ${at} = 0; while (${at} < ${times}) ${this.block(4, [`${at}++;`])} }`,
      () => `{ let ${at} = 0; do ${this.block(4, [`${at}++;`])} while (${at} < ${times}); }`,
      () => `{ let ${at} = 0; while (true) ${this.block(4, [`if (${at}++ > ${times}) break;`])} }`,
    ])();
    this.loops--;
    this.variables = outer;
    return text;
  }

  private select(): string {
    // A `continue` in it would be one of the loop around it.
    const loops = this.loops;
    this.loops = 0;
    const arm = (label: string): string =>
      `${label}: ${this.block(2)} ${this.chance(0.7) ? "break;" : ""}`;
    const text = `switch (${this.of("i32", 0)} % 3) { ${arm("case 0")} ${arm("case 1")} ${arm("default")} }`;
    this.loops = loops;
    return text;
  }
}

const parameter = (name: string, type: Type): Variable => ({ name, type, constant: false });

function fragment(random: () => number, id: number, keeping: number): Fragment & { call: string } {
  const constructs = random() < 0.35;
  const writer = new Writer(random, keeping, [
    parameter("n", "i32"),
    parameter("s", "string"),
    ...(constructs ? [] : [parameter("r", "Row")]),
  ]);
  if (constructs) {
    writer.own = true;
    const body = writer.block(8, ["this.n = n;"]);
    const inlined = writer.chance(0.3);
    const inline = inlined ? "@inline " : "";
    const text = `class C${id} { s: string = "own"; r: Row | null = null; a: StaticArray<i32> = [0, 0, 0, 0]; n: i32; ${inline}constructor(n: i32, s: string) ${body} }
function f${id}(n: i32, s: string, r: Row): string { const c = new C${id}(n, s); const other = s + n.toString(); return \`\${c.s} \${show(c.r)} \${sum(c.a)} \${c.n} \${other}\`; }`;
    return { id, text, keeps: writer.keeps || inlined, call: `f${id}` };
  }
  const body = writer.block(8);
  const end = `return ${writer.of("string")};`;
  const text = `function f${id}(n: i32, s: string, r: Row): string { ${body} ${end} }`;
  return { id, text, keeps: writer.keeps, call: `f${id}` };
}

/** A program at random, the same for the same seed. */
export function randomProgram(seed: number): Program {
  const random = numbers(seed);
  const keeping = [0, 0, 0.04, 0.12][Math.floor(random() * 4)] as number;
  const fragments = Array.from({ length: 12 }, (_, id) => fragment(random, id, keeping));
  const places = fragments.map(({ id }) => ["main", "handler", "loop", "export"][id % 4]);
  const lines = (place: string, line: (call: string) => string): string =>
    fragments
      .filter(({ id }) => places[id] === place)
      .map(({ id, call }) => `${line(call)} /*call ${id}*/`)
      .join("\n");
  const exported = fragments.map((one) =>
    places[one.id] === "export"
      ? {
          ...one,
          text: `${one.text}\nexport function x${one.id}(n: i32): i32 { const t = ${one.call}(n, "x" + n.toString(), gr); console.log(t); return t.length; }`,
        }
      : one,
  );
  const tail = `
function handle(e: Event): void {
  const n = <i32>(e.number & 31);
  const s = e.text;
  const r = new Row(s, n);
${lines("handler", (call) => `  console.log(${call}(n, s, r));`)}
}
export function main(): i32 {
${lines("main", (call) => `  console.log(${call}(5, args.string("name", "nobody"), new Row("main", 6)));`)}
  for (let i = 0; i < 5; i++) {
    const r = new Row("loop", i);
${lines("loop", (call) => `    console.log(${call}(i, gs, r));`)}
  }
  const rb = open();
  rb.onEvent(handle);
  const code = run();
  console.log(\`\${gs} \${gr.show()} \${show(gn)} \${sum(ga)} \${words.join(",")} \${names.join(",")} \${box.v} \${rows.v.show()} \${Static.last} \${byNumber.size}\`);
  return code;
}`;
  return {
    level: random() < 0.1 ? "3" : "0",
    fragments: { head: HEAD + LIBRARY, fragments: exported, tail },
  };
}
