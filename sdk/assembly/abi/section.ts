/**
 * What the accessors of a skeleton are made of. They take a section by its address: a reference would make the compiler keep books for the garbage collector, which
 * cost ten times what a load of a live variable does. The accessor's caller holds the reference.
 *
 * They are here for the same reason as `streams.ts`: TypeScript's own parsers refuse the decorator.
 *
 * @module
 */
import { DataSection } from "../global/data_section";
import { viewAt } from "./memory";


/** The address of a variable's current value. */
@inline
export function whereIs(section: usize, offset: usize): usize {
  if (load<bool>(section, offsetof<DataSection>("stale"))) viewAt<DataSection>(section).fetch();
  return load<usize>(section, offsetof<DataSection>("buffer")) + offset;
}

/** The address at which a variable is to be changed; {@link wasPut} follows. */
@inline
export function wherePut(section: usize, offset: usize, variable: usize): usize {
  if (!load<bool>(section, offsetof<DataSection>("live"))) notLive(section, variable);
  return load<usize>(section, offsetof<DataSection>("buffer")) + offset;
}

/** After a variable was changed. */
@inline
export function wasPut(section: usize): void {
  if (!load<bool>(section, offsetof<DataSection>("live")))
    viewAt<DataSection>(section).afterWrite();
}

function notLive(section: usize, variable: usize): void {
  viewAt<DataSection>(section).beforeWrite(viewAt<string>(variable));
}
