/** Programs that need a collector, and what the build says. */
export const REFUSED: readonly [what: string, source: string, why: RegExp][] = [
  [
    "a string that grows in a loop",
    `export function main(): i32 { let s = ""; for (let i = 0; i < args.i32("n", 3); i++) s += "x" + i.toString(); console.log(s); return 0; }`,
    /main of main\.ts makes objects in a loop/,
  ],
  [
    "a variable that the next round reads",
    `function name(i: i32): string { return "n" + i.toString(); } export function main(): i32 { let before: string | null = null; for (let i = 0; i < args.i32("n", 3); i++) { if (before !== null) console.log(before!); before = name(i); } return 0; }`,
    /main of main\.ts makes objects in a loop/,
  ],
  [
    "an array that a handler fills",
    `const names: string[] = []; export function main(): i32 { open().onEvent((e: Event) => { names.push(e.text); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "a global that a handler sets",
    `let last: string = ""; export function main(): i32 { open().onEvent((e: Event) => { last = e.text; }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "a field that a handler sets",
    `class State { name: string = ""; } const state = new State(); export function main(): i32 { open().onEvent((e: Event) => { state.name = e.text; }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "a map of numbers that grows in a handler",
    `const counts = new Map<u32, u32>(); export function main(): i32 { open().onEvent((e: Event) => { counts.set(e.number, 1); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "memory that a handler asks for",
    `let at: usize = 0; export function main(): i32 { open().onEvent((e: Event) => { at = heap.alloc(8); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a timer keeps",
    `const names: string[] = []; export function main(): i32 { every(5, () => { names.push("tick" + time.now().toString()); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "an exported function that keeps",
    `const names: string[] = []; export function add(n: i32): void { names.push(n.toString()); } export function main(): i32 { return 0; }`,
    /add is exported/,
  ],
  [
    "an exported function that returns an object",
    `export function name(n: i32): string { return "n" + n.toString(); } export function main(): i32 { return 0; }`,
    /name is exported/,
  ],
  [
    "a function that makes objects and calls itself",
    `function f(n: i32): i32 { return n == 0 ? 0 : f(n - 1) + f(n - 1) + n.toString().length; } export function main(): i32 { return f(args.i32("n", 3)); }`,
    /f of main\.ts makes objects and calls itself/,
  ],
  [
    "a condition that makes objects",
    `export function main(): i32 { let n = 0; while (n.toString() != args.string("until", "9")) n++; return n; }`,
    /main of main\.ts makes objects in a loop/,
  ],
  [
    "a loop that is left with an object",
    `function find(): string { for (let i = 0; i < args.i32("n", 3); i++) { const s = i.toString(); if (s == "2") return s; } return ""; } export function main(): i32 { console.log(find()); return 0; }`,
    /find of main\.ts makes objects in a loop/,
  ],
  [
    "a template whose array others see",
    `const words: StaticArray<string> = ["a", "b"]; export function main(): i32 { open().onEvent((e: Event) => { unchecked((words[0] = e.text)); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "a template's array under a name of its own",
    `@inline const words: StaticArray<string> = ["a", "b"]; export function main(): i32 { open().onEvent((e: Event) => { console.log((unchecked(words[0] = e.text), words.join(""))); }); const code = run(); console.log(words[0]); return code; }`,
    /keeps what is made/,
  ],
  [
    "a constructor that stores in a loop",
    `class Names { last: string = ""; constructor(n: i32) { for (let i = 0; i < n; i++) this.last = "n" + i.toString(); } } export function main(): i32 { console.log(new Names(args.i32("n", 3)).last); return 0; }`,
    /Names#constructor of main\.ts makes objects in a loop/,
  ],
  [
    "an array of numbers that a loop leaves in a variable",
    `export function main(): i32 { let last: StaticArray<i32> = [0, 0]; for (let i = 0; i < args.i32("n", 5); i++) last = [i, i + 1]; const text = "abc" + last.length.toString(); console.log(last[0].toString() + text); return 0; }`,
    /main of main\.ts makes objects in a loop/,
  ],
  [
    "an inlined constructor's object that a loop leaves in a variable",
    `class P { x: i32 = 0; @inline constructor(x: i32) { this.x = x; } } export function main(): i32 { let last: P | null = null; for (let i = 0; i < args.i32("n", 5); i++) last = new P(i); const text = "abc" + args.i32("n", 5).toString(); console.log(last!.x.toString() + text); return 0; }`,
    /main of main\.ts makes objects in a loop/,
  ],
  [
    "an address that was made of an object and outlives a loop",
    `function at(b: StaticArray<u8>): usize { return changetype<usize>(b); } export function main(): i32 { let p: usize = 0; let s: u32 = 0; for (let i = 0; i < args.i32("n", 5); i++) { if (i == 0) { const b = new StaticArray<u8>(8); b[1] = 9; p = at(b) + 1; } console.log(i.toString()); s += load<u8>(p); } console.log(s.toString()); return 0; }`,
    /main of main\.ts makes objects in a loop/,
  ],
  [
    "an object that a handler pins",
    `class P { constructor(public x: u32) {} } let kept: usize = 0; export function main(): i32 { open().onEvent((e: Event) => { if (kept == 0) kept = __pin(changetype<usize>(new P(e.number))); }); const code = run(); console.log(changetype<P>(kept).x.toString()); return code; }`,
    /keeps what is made/,
  ],
  [
    "pages that a tool takes by itself",
    `let mine: usize = 0; export function main(): i32 { mine = <usize>memory.grow(1) << 16; open().onEvent((e: Event) => { console.log(e.text); }); return run(); }`,
    /main of main\.ts makes the memory larger by itself/,
  ],
  [
    "a loop of a package",
    `import { spin } from "spin"; export function main(): i32 { return spin(args.i32("n", 5)); }`,
    /spin of ~lib\/spin\/index\.ts makes objects in a loop/,
  ],
  [
    "what a handler keeps by a static field",
    `class S { static last: string = ""; } export function main(): i32 { open().onEvent((e: Event) => { S.last = e.text; }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by a setter",
    `class S { private text: string = ""; set last(v: string) { this.text = v; } } const s = new S(); export function main(): i32 { open().onEvent((e: Event) => { s.last = e.text; }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by an inlined setter",
    `class S { private text: string = ""; @inline set last(v: string) { this.text = v; } } const s = new S(); export function main(): i32 { open().onEvent((e: Event) => { s.last = e.text; }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by an operator",
    `class S { text: string = ""; @operator("+") add(v: string): S { this.text = v; return this; } } const s = new S(); export function main(): i32 { open().onEvent((e: Event) => { s + e.text; }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by an index operator",
    `class S { text: string = ""; @operator("[]=") put(i: i32, v: string): void { this.text = v; } @operator("[]") at(i: i32): string { return this.text; } } const s = new S(); export function main(): i32 { open().onEvent((e: Event) => { s[0] = e.text; }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by an interface",
    `interface K { keep(s: string): void } class A implements K { s: string = ""; keep(s: string): void { this.s = s; } } class B implements K { keep(s: string): void {} } const all: K[] = [new A(), new B()]; export function main(): i32 { open().onEvent((e: Event) => { all[e.number % 2].keep(e.text); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by a virtual method",
    `class A { s: string = ""; keep(s: string): void {} } class B extends A { keep(s: string): void { this.s = s; } } const all: A[] = [new A(), new B()]; export function main(): i32 { open().onEvent((e: Event) => { all[e.number % 2].keep(e.text); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by a function of a table",
    `let last = ""; const all: ((s: string, a: i32, b: i32) => void)[] = [(s: string, a: i32, b: i32) => { last = s; }]; export function main(): i32 { open().onEvent((e: Event) => { all[0](e.text, 1, 2); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by a generic class",
    `class Box<T> { constructor(public v: T) {} put(v: T): void { this.v = v; } } const box = new Box<string>(""); export function main(): i32 { open().onEvent((e: Event) => { box.put(e.text); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by fill()",
    `const all: string[] = ["", ""]; export function main(): i32 { open().onEvent((e: Event) => { all.fill(e.text); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by an element of an array that stays",
    `const all: StaticArray<string> = ["a"]; export function main(): i32 { open().onEvent((e: Event) => { all[0] += e.text; }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by a constructor that stores itself",
    `let last: A | null = null; class A { constructor(public s: string) { last = this; } } export function main(): i32 { open().onEvent((e: Event) => { new A(e.text); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by a constructor that stores in another object",
    `class A { s: string = ""; constructor(other: A | null, s: string) { if (other !== null) other.s = s; } } const a = new A(null, ""); export function main(): i32 { open().onEvent((e: Event) => { new A(a, e.text); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by a constructor that may give back another object",
    `@final class A { s: string = ""; constructor(s: string) { if (kept !== null) return kept!; this.s = s; } } let kept: A | null = null; export function main(): i32 { open().onEvent((e: Event) => { console.log(new A(e.text).s); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by an argument that was left out",
    `let last = ""; function f(s: string, t: string = "z" + args.i32("n", 3).toString()): void { if (s.length > 9) last = t; } export function main(): i32 { open().onEvent((e: Event) => { f(e.text); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by a view of an array",
    `let view = new Uint8Array(0); export function main(): i32 { open().onEvent((e: Event) => { view = new Uint8Array(<i32>e.number & 7).subarray(1); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a handler keeps by an object from outside, whose method it is",
    `class A { s: string = ""; inner: A | null = null; keep(s: string): A { this.s = s; return this; } } const a = new A(); a.inner = new A(); export function main(): i32 { open().onEvent((e: Event) => { a.inner!.keep(e.text); }); return run(); }`,
    /keeps what is made/,
  ],
];

/** A package that is not of AssemblyScript's library, although the compiler names it so. */
export const PACKAGE = {
  "node_modules/spin/package.json": "{}",
  "node_modules/spin/index.ts":
    'export function spin(n: i32): i32 { let last = ""; while (n-- > 0) last = "a" + n.toString(); return last.length; }',
};
