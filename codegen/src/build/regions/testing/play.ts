import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./play.mjs", import.meta.url));

/** A part of a generated program that can be left out: its functions and classes have its number in their names, and the line of `main` that calls it ends with `call NUMBER` in a comment. */
export interface Fragment {
  readonly id: number;
  readonly text: string;
  /** Whether it stores references in what outlives it. */
  readonly keeps: boolean;
}

export interface Program {
  readonly level: "0" | "3";
  readonly source?: string;
  /** Instead of the source. */
  readonly fragments?: {
    readonly head: string;
    readonly fragments: readonly Fragment[];
    readonly tail: string;
  };
  /** Further files by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** How a module is run: it gets batches of records, and then each of its exported functions is called. */
export interface Run {
  readonly batches: number;
  readonly records: number;
  readonly calls: number;
}

export interface Output {
  readonly out: string;
  /** Where the memory that was handed out ended, before each batch and after the last; without a collector. */
  readonly ends: readonly number[];
  /** The same at the second and at the last call of each exported function. */
  readonly callEnds: readonly number[];
  /** Pages of memory at the end. */
  readonly pages: number;
}

export interface Played {
  /** Why it needs a collector. */
  readonly refused?: string;
  /** What makes objects while records are handled. */
  readonly made?: string;
  /** Why fragments were left out. */
  readonly refusals?: readonly string[];
  /** What the compiler said. */
  readonly failed?: string;
  /** What was compiled, of a program of fragments. */
  readonly source?: string;
  /** Without a collector; what a region gives back is overwritten. */
  readonly regions?: Output;
  /** The same, and what was given back is not handed out again. */
  readonly once?: Output;
  readonly collector?: Output;
}

/**
 * Compiles programs without a collector, and, if they are to be run and were not refused, with one.
 *
 * @param until milliseconds after which no further program is begun
 */
export function play(programs: readonly Program[], run?: Run, until?: number): Played[] {
  const output = execFileSync(process.execPath, [SCRIPT], {
    input: JSON.stringify({ programs, run, until }),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return JSON.parse(output) as Played[];
}

/** What every program begins with: events of a number and a text, and a ring buffer of them. */
export const HEAD = `
import { args, BpfObject, console, every, fail, lastError, poll, RingBuffer, run, time } from "@wbpf/sdk/assembly";
import { readText } from "@wbpf/sdk/assembly/view/index";
@unmanaged class Event {
  get number(): u32 { return load<u32>(changetype<usize>(this)); }
  get text(): string { return readText(changetype<usize>(this) + 8, 16); }
}
function open(): RingBuffer<Event> { return new RingBuffer<Event>(new BpfObject("o", memory.data<u64>([1]), 8), "rb", 24); }
`;

/** That all three runs print the same. */
export function assertSame({ regions, once, collector }: Played, what = ""): void {
  const lines = (output: Output | undefined): string[] => (output?.out ?? "").split("\n");
  const expected = lines(collector);
  for (const [run, output] of Object.entries({ regions, once })) {
    const ours = lines(output);
    const differs = expected.findIndex((line, i) => line !== ours[i]);
    assert.equal(ours[differs], expected[differs], `${what} line ${differs}, ${run}`);
    assert.equal(ours.length, expected.length, `${what} ${run}`);
  }
}

/** That neither records, after the first batch, nor calls take memory for longer than they last. */
export function assertNoGrowth({ regions }: Played, what = ""): void {
  const { ends = [], callEnds = [] } = regions ?? {};
  assert.ok(new Set(ends.slice(1)).size <= 1, `${what} records: ${ends}`);
  assert.ok(new Set(callEnds).size <= 1, `${what} calls: ${callEnds}`);
}
