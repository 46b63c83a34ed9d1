import { InvalidArgumentError } from "commander";

/** An option that may be given several times. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

/** `--event map=type`, several times. */
export function collectEvents(
  value: string,
  before: Record<string, string>,
): Record<string, string> {
  const [, map, type] = /^([^=\s]+)=(.+)$/.exec(value) ?? [];
  if (map === undefined || type === undefined) {
    throw new InvalidArgumentError("write it as MAP=TYPE, such as rb=event.");
  }
  return { ...before, [map]: type };
}
