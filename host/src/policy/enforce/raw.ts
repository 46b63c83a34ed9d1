const raws = new WeakMap<object, object>();

/** Notes for whom a guarded thing stands. */
export function standsFor<T extends object>(guarded: T, raw: T): void {
  raws.set(guarded, raw);
}

/** What the backend knows: it tells its own maps and programs from those of others. */
export const rawOf = <T extends object>(thing: T): T => (raws.get(thing) as T | undefined) ?? thing;
