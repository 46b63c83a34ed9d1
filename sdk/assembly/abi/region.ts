/**
 * Regions as the SDK's own code marks them (docs/build.md, "Memory"). With a collector they do nothing.
 *
 * A region begins with {@link enter} and ends with {@link leave} in one function; what is made by the calls between them is given back there. `wbpf build` checks that these calls
 * store no reference.
 *
 * @module
 */

/** Begins a region. What it returns goes to {@link leave}. */
// @ts-ignore: decorator
@inline
export function enter(): usize {
  if (isDefined(__region_enter)) return __region_enter();
  return 0;
}

/** Gives back what was made since {@link enter}. */
// @ts-ignore: decorator
@inline
export function reset(): void {
  if (isDefined(__region_reset)) __region_reset();
}

/** Ends the region. */
// @ts-ignore: decorator
@inline
export function leave(outer: usize): void {
  if (isDefined(__region_leave)) __region_leave(outer, 0);
}

/**
 * All that was made until now stays for ever, although the calling function may be called in a region or a loop: for what a function makes only the first time. The build does
 * not look for what such a function makes.
 */
// @ts-ignore: decorator
@inline
export function keep(): void {
  if (isDefined(__region_keep)) __region_keep();
}

/** The loops of the calling function go round a number of times that the object or the command line sets: making objects in them is not making them without end. */
// @ts-ignore: decorator
@inline
export function bounded(): void {
  if (isDefined(__region_bounded)) __region_bounded();
}
