import type { Row, Target } from "./types.js";

/** The value below which the part `at` of the numbers lies. */
export function quantile(numbers: readonly number[], at: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = (sorted.length - 1) * at;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? 0;
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

function spreadOf(numbers: readonly number[]): number {
  const middle = median(numbers);
  return middle === 0 ? 0 : (quantile(numbers, 0.75) - quantile(numbers, 0.25)) / 2 / middle;
}

function reaches(value: number, { limit, kind = "most" }: Target): boolean {
  return kind === "most" ? value <= limit : value >= limit;
}

/** A row of measurements that were taken in pairs: the ratio is the median of each round's own, so that what disturbs both sides of a round cancels out. */
export function pairedRow(
  name: string,
  unit: string,
  native: readonly number[],
  ours: readonly number[],
  target: Target | null = null,
): Row {
  const ratios = ours.map((value, round) => value / (native[round] ?? Number.NaN));
  const row = { name, unit, native: median(native), ours: median(ours), target };
  const ratio = median(ratios);
  const ok = target === null ? null : reaches(target.of === "ratio" ? ratio : row.ours, target);
  return { ...row, ratio, spread: spreadOf(ratios), ok };
}

/** A row without a native side. */
export function singleRow(
  name: string,
  unit: string,
  ours: readonly number[],
  target: Target | null = null,
): Row {
  const middle = median(ours);
  const ok = target === null ? null : reaches(middle, target);
  return {
    name,
    unit,
    native: null,
    ours: middle,
    ratio: null,
    spread: spreadOf(ours),
    target,
    ok,
  };
}

/** Both sides in turn, as often as there are rounds, after one round of each that does not count. */
export async function inTurn(
  rounds: number,
  native: () => number | Promise<number>,
  ours: () => number | Promise<number>,
): Promise<{ native: number[]; ours: number[] }> {
  const results = { native: [] as number[], ours: [] as number[] };
  for (let round = -1; round < rounds; round++) {
    const one = await native();
    const other = await ours();
    if (round < 0) continue;
    results.native.push(one);
    results.ours.push(other);
  }
  return results;
}
