import type { Answer } from "./driven.js";

/** A frame with an event of this process. */
function record(pid: number, comm: string): Uint8Array {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt32LE(16, 0);
  bytes.writeInt32LE(pid, 8);
  bytes.write(comm, 12);
  return bytes;
}

/** What a program of these tests begins with. */
export const IMPORTS = `import { console, every, poll, run } from "@wbpf/sdk/assembly"; import { Tool, Event } from "./tool.bpf";`;

/** Waits in each import, from a loop, a recursion, a virtual method, one of an interface and top-level code, with variables of every type alive. */
const PROGRAM = `${IMPORTS}
@external("wasi_snapshot_preview1", "poll_oneoff") declare function poll_oneoff(list: usize, out: usize, count: i32, written: usize): i32;
const first = poll_oneoff(0, 0, 0, 0);
KEPT
class Place { constructor(public name: string, public depth: i32) {} }
interface Waits { wait(ms: i32): i32; }
abstract class Waiter implements Waits { abstract wait(ms: i32): i32; }
class Poller extends Waiter { wait(ms: i32): i32 { const before = ms * 3; return poll(ms) + before; } }
class Sleeper extends Waiter { constructor(public times: i32) { super(); } wait(ms: i32): i32 { let sum = 0; for (let i = 0; i < this.times; i++) sum += poll_oneoff(0, 0, ms, 0) * (i + 1); return sum; } }
DEEP
function make(n: i32): i32 { let length = 0; for (let i = 0; i < n; i++) length += \`\${i} of \${n}\`.length; return length; }
function print(event: Event): void { console.log(\`\${event.comm} \${event.pid}\`); KEEP }
export function plug(n: i32): i32 { return make(n); }
export function main(): i32 {
  let small: i32 = -7;
  let large: i64 = 1 << 40;
  let single: f32 = 0.5;
  let real = 1.25;
  const text = "text of " + first.toString();
  const places = [new Place("a", 1), new Place("b", 2)];
  const tool = Tool.open();
  tool.maps.rb.onEvent(print);
  const waiters: Waiter[] = [new Poller(), new Sleeper(3)];
  const sleeper: Waits = waiters[1];
  for (let i = 0; i < 4; i++) {
    const answer = i == 3 ? sleeper.wait(i) : waiters[i % 2].wait(i);
    small += answer; large += answer; single += 1; real *= 2;
    make(200);
  }
  console.log(\`\${small} \${large} \${single} \${real} \${text} \${places[0].name}\${places[1].depth}\`);
  console.log(deep(places[0], 4).toString());
  tool.maps.other.onEvent(print);
  const code = run();
  console.log(\`end \${code} \${small} \${text} \${places.length}\`);
  return code;
}
`;
/** It needs no collector. */
export const REGIONS = program({
  deep: "function deep(place: Place, left: i32): i64 { if (left == 0) return poll(5); const mine: i64 = left * place.depth; return deep(place, left - 1) * 10 + mine; }",
});
/** Its recursion makes objects, and what it keeps of records a collector has to find. */
export const COLLECTED = program({
  kept: "const kept: string[] = [];",
  keep: "kept.push(event.comm); if (kept.length % 2 == 0) kept.shift();",
  deep: `function deep(place: Place, left: i32): string { if (left == 0) return \`\${poll(5)}\`; const mine = new Place(place.name + left.toString(), place.depth + 1); const below = deep(mine, left - 1); return \`\${mine.name}/\${mine.depth}/\${below}\`; }`,
});

function program({ kept = "", keep = "", deep }: { kept?: string; keep?: string; deep: string }) {
  return PROGRAM.replace("KEPT", kept)
    .replace("KEEP", keep)
    .replace("DEEP", () => deep);
}

/** What it is answered. */
export const ANSWERS: readonly Answer[] = [
  // At the top level.
  { value: 3 },
  // A poll, three sleeps, and both again; one of them does not wait.
  { value: 24, bytes: record(4, "four") },
  ...[1, 2].map((value) => ({ value })),
  { value: 5, atOnce: true },
  { value: 24, bytes: record(6, "six"), atOnce: true },
  ...[7, 8, 9].map((value) => ({ value })),
  // At the end of the recursion.
  { value: 0 },
];
/**
 * What it prints then.
 * @param deep result of the recursion
 */
export const output = (deep: string): string => `four 4
six 6
117 1099511627900 4.5 20.0 text of 3 a2
${deep}
end 0 117 text of 3 2
`;
