const SIZES: Readonly<Record<string, number>> = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };
const DURATIONS: Readonly<Record<string, number>> = {
  "": 1,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** `64Ki` and 65536 as bytes. `undefined`: it is no size. */
export const bytesOf = (value: number | string): number | undefined => scaled(value, SIZES);

/** `500ms`, `2s` and 2000 as milliseconds. `undefined`: it is no duration. */
export const millisecondsOf = (value: number | string): number | undefined =>
  scaled(value, DURATIONS);

function scaled(value: number | string, units: Readonly<Record<string, number>>) {
  if (typeof value === "number") return whole(value);
  const [, digits, unit = ""] = /^(\d{1,12})([A-Za-z]*)$/.exec(value) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (digits === undefined || factor === undefined) return undefined;
  return whole(Number(digits) * factor);
}

const whole = (value: number) => (Number.isSafeInteger(value) && value >= 0 ? value : undefined);

/** Bytes with the largest unit that divides them, as a person would write it. */
export function sizeText(bytes: number): number | string {
  for (const unit of ["Gi", "Mi", "Ki"]) {
    const factor = SIZES[unit] as number;
    if (bytes > 0 && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return bytes;
}
