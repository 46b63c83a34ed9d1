/**
 * The runtime of a module in which nothing has to be collected (docs/build.md, "Memory"): memory is handed out one piece after the other, and what was made in a region is given back
 * at the region's end, all at once. `wbpf build` takes it only for a module of which it has shown that nothing made in a region is reachable afterwards, and that nothing
 * outside of regions allocates without end; any other module gets AssemblyScript's collector.
 *
 * An object has the two words of AssemblyScript's header that others read, and addresses are multiples of 8.
 *
 * @module
 */

/** Bytes before an object: its class and its size. */
// @ts-ignore: decorator
@inline const HEADER: usize = 8;
/** What AssemblyScript's own runtimes allow. */
// @ts-ignore: decorator
@inline const LARGEST: usize = (1 << 30) - 20;

/** Where the next piece goes. */
// @ts-ignore: decorator
@lazy let top: usize = (__heap_base + 7) & ~7;
/** Where the current region begins. */
// @ts-ignore: decorator
@lazy let base: usize = 0;
/** The end of what stays for ever. */
// @ts-ignore: decorator
@lazy let kept: usize = 0;

function piece(size: usize): usize {
  const at = top;
  const end = at + ((size + 7) & ~7);
  const room = <usize>memory.size() << 16;
  const short = end > room && memory.grow(<i32>((end - room + 0xffff) >>> 16)) < 0;
  if (size > LARGEST || short) abort("out of memory", null, 0, 0);
  top = end;
  return at;
}

/** `heap.alloc`: it stays for ever. */
// @ts-ignore: decorator
@global @unsafe
export function __alloc(size: usize): usize {
  const at = piece(size);
  __region_keep();
  return at;
}

// @ts-ignore: decorator
@global @unsafe
export function __realloc(old: usize, size: usize): usize {
  const at = __alloc(size);
  memory.copy(at, old, size);
  return at;
}

// @ts-ignore: decorator
@global @unsafe
export function __free(_address: usize): void {}

// @ts-ignore: decorator
@global @unsafe
export function __new(size: usize, id: u32): usize {
  const at = piece(size + HEADER);
  store<u32>(at, id);
  store<u32>(at, <u32>size, 4);
  memory.fill(at + HEADER, 0, size);
  return at + HEADER;
}

// @ts-ignore: decorator
@global @unsafe
export function __renew(old: usize, size: usize): usize {
  const at = __new(size, load<u32>(old - 8));
  memory.copy(at, old, min<usize>(size, load<u32>(old - 4)));
  return at;
}

// @ts-ignore: decorator
@global @unsafe
export function __link(_parent: usize, _child: usize, _multiple: bool): void {}

// @ts-ignore: decorator
@global @unsafe
export function __visit(_object: usize, _cookie: u32): void {}

// @ts-ignore: decorator
@global @unsafe
export function __pin(object: usize): usize {
  return object;
}

// @ts-ignore: decorator
@global @unsafe
export function __unpin(_object: usize): void {}

// @ts-ignore: decorator
@global @unsafe
export function __collect(): void {}

/** Begins a region; what it returns goes to {@link __region_leave}. */
// @ts-ignore: decorator
@global @unsafe
export function __region_enter(): usize {
  const outer = base;
  base = top;
  return outer;
}

/** Gives back all that was made since the region began. */
// @ts-ignore: decorator
@global @unsafe
export function __region_reset(): void {
  top = base;
}

/** Ends a region, and gives back all that was made in it. `_value` is there so that a call of this can have a statement among its operands. */
// @ts-ignore: decorator
@global @unsafe
export function __region_leave(outer: usize, _value: i32): void {
  top = base;
  base = max(outer, kept);
}

/** All that was made until now stays for ever. */
// @ts-ignore: decorator
@global @unsafe
export function __region_keep(): void {
  kept = base = top;
}

/** Says to the build that the loops of the calling function go round a number of times that the object or the command line sets. */
// @ts-ignore: decorator
@global @unsafe
export function __region_bounded(): void {}
