import assert from "node:assert/strict";
import { assertNoGrowth, assertSame, HEAD, type Played, play } from "./testing/play.js";
import { PACKAGE, REFUSED } from "./testing/refused.js";

/** What tools do, and what looks as if it kept something. */
const ACCEPTED = `${HEAD}
class Row { constructor(public name: string, public count: u64) {} show(): string { return \`\${this.name}=\${this.count}\`; } }
class Base { tag: i32 = 0; ratio: f64 = -0.0; constructor(n: i32) { this.tag = n; this.prepare(n); } prepare(_n: i32): void {} }
class Prepared extends Base { early: i32 = 0; wide: u64 = 0; late: i32 = 7; constructor(n: i32) { super(n); this.wide += <u64>n; } prepare(n: i32): void { this.early = n; this.late = n; } }
class Middle { first: i32 = 0; second: i64 = 0; constructor(readonly n: i32) { this.second -= n; } }
class Last extends Middle { third: Middle | null = null; fourth: i32 = this.n; fifth: i32 = 0; constructor(n: i32) { super(n + 1); this.fifth += this.fourth; } }
function made(n: i32): string { const a = new Prepared(n); const b = new Last(n); const c = new Middle(n); return \`\${a.tag}\${a.early}\${a.wide}\${a.late}\${1 / a.ratio} \${b.first}\${b.second}\${b.third === null}\${b.fourth}\${b.fifth} \${c.n}\${c.second}\`; }
let seen: u64 = 0;
let longest: i32 = 0;
const totals = new StaticArray<u64>(8);
function bar(n: i32): string { return "*".repeat(n); }
function word(n: i32): string { const first = n.toString(); return \`\${first}\${n + 1}\${n + 2}\`; }
function handle(e: Event): void {
  seen++;
  totals[e.number % 8] += e.number;
  const name = e.text;
  if (name.length > longest) longest = name.length;
  const row = new Row(name.toUpperCase(), seen);
  const how = e.number % 2 == 0 ? \`even \${e.number}\` : e.number % 3 == 0 ? "three" : "";
  for (let i: u32 = 0; i < e.number % 4; i++) {
    const part = \`\${i}:\${name.substring(<i32>i)}\`;
    if (part.length == 3) continue;
    console.log(\`\${part} \${bar(<i32>i)} \${how}\`);
  }
  if (e.number % 1000 < 3) console.log(\`\${row.show()} \${how.padEnd(9)}|\${e.number.toString().padStart(5)}\`);
}
function table(rows: i32): i32 {
  let printed = 0;
  let last = 0;
  for (let i = 0; i < rows; i++) {
    const label = \`row \${i}\`;
    const value = \`\${label}-\${bar(i % 5)}\`;
    last = value.length;
    if (i < 4 || i % 50000 == 0) console.log(\`\${value} \${last} \${seen}\`);
    printed++;
  }
  return printed + last;
}
export function rows(call: i32): i32 { return table(call == 0 ? 300000 : 7); }
export function main(): i32 {
  const rb = open();
  rb.onEvent(handle);
  every(1, () => { if (seen % 7 == 0) console.log(\`tick \${seen % 7}\`); });
  console.log(\`start \${args.string("name", "nobody")} \${word(4)}\`);
  const kept: string[] = ["a" + word(1), "b" + word(2)];
  const code = run(5);
  console.log(\`\${kept.join("+")} \${seen} \${longest} \${totals[0]} \${table(100000)} \${kept[1]} \${made(4)}\`);
  return code;
}
`;

describe("a module without a collector", function () {
  this.timeout(300_000);

  for (const level of ["0", "3"] as const) {
    it(`says the same as one with it, and its memory does not grow, at optimisation level ${level}`, () => {
      const run = { batches: 8, records: 2048, calls: 2 };
      const [played] = play([{ source: ACCEPTED, level }], run) as [Played];
      assert.equal(played.refused ?? played.failed, undefined);
      assert.match(played.regions?.out ?? "", /^start Zoë 456\n/);
      assert.match(played.regions?.out ?? "", / 16384 7 /);
      assertSame(played);
      // The first batch makes room for itself; then 16,384 records and 400,000 lines need nothing more.
      assert.equal(played.regions?.ends.length, 9);
      assertNoGrowth(played);
      assert.ok((played.regions?.pages ?? 99) <= 3, `${played.regions?.pages} pages`);
    });
  }

  it("works where the only regions are those of loops in main", () => {
    const source = `import { args, console } from "@wbpf/sdk/assembly";
export function main(): i32 { for (let i = 0; i < args.i32("n", 3); i++) console.log("line " + i.toString()); return 0; }`;
    const [played] = play([{ source, level: "3" }], { batches: 0, records: 0, calls: 0 }) as [
      Played,
    ];
    assert.equal(played.refused ?? played.failed, undefined);
    assert.equal(played.regions?.out, "line 0\nline 1\nline 2\n");
    assertSame(played);
  });

  it("takes no memory for a record whose handler makes nothing", () => {
    const source = `${HEAD}
const totals = new StaticArray<u64>(8);
let seen: u64 = 0;
function handle(e: Event): void { seen++; totals[e.number % 8] += e.number; }
export function main(): i32 { open().onEvent(handle); const code = run(); console.log(\`\${seen} \${totals[3]}\`); return code; }`;
    const [played] = play([{ source, level: "3" }], { batches: 20, records: 2048, calls: 0 }) as [
      Played,
    ];
    assert.equal(played.refused ?? played.failed, undefined);
    assert.equal(played.made, undefined);
    assert.match(played.regions?.out ?? "", /^40960 /);
    assertSame(played);
    assertNoGrowth(played);
    // "once" gives no memory out again, so that anything that was made would show.
    assert.deepEqual(new Set(played.once?.ends.slice(1)).size, 1, `${played.once?.ends}`);
  });

  it("says what makes objects while records are handled, also in a part that gives them back itself", () => {
    const handlers = [
      ["console.log(e.text);", "Event#get:text of main.ts"],
      [
        "for (let i = 0; i < 3; i++) { if (e.number == 7) console.log(i.toString()); }",
        "handle of main.ts",
      ],
      ["new StaticArray<u8>(8);", "handle of main.ts"],
      ["if (e.number == 9) fail();", undefined],
    ] as const;
    const played = play(
      handlers.map(([body]) => ({
        level: "0",
        source: `${HEAD} function handle(e: Event): void { ${body} } export function main(): i32 { open().onEvent(handle); return run(); }`,
      })),
    );
    for (const [i, [body, who]] of handlers.entries()) {
      const made = played[i]?.made;
      if (who === undefined) assert.equal(typeof made, "string", body);
      else assert.ok(made?.startsWith(who), `${body}: ${made}`);
    }
  });

  it("is refused where something may be kept, or be made without end", () => {
    const results = play(
      REFUSED.map(([, source]) => ({ source: HEAD + source, level: "0", files: PACKAGE })),
    );
    const told = REFUSED.map(([what, , why], i) => {
      const { refused, failed } = results[i] as Played;
      return why.test(refused ?? "") ? `${what}: ok` : `${what}: ${refused ?? failed}`;
    });
    assert.deepEqual(
      told,
      REFUSED.map(([what]) => `${what}: ok`),
    );
  });
});
