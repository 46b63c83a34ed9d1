/**
 * What the accessors of a skeleton are made of. They take a section by its address: a reference would make the compiler keep books for the garbage collector, which
 * cost ten times what a load of a live variable does. The accessor's caller holds the reference.
 *
 * They are here for the same reason as `streams.ts`: TypeScript's own parsers refuse the decorator.
 *
 * @module
 */
import { ConstantSection } from "../global/constant_section";
import { DataSection } from "../global/data_section";
import { Section } from "../global/section";
import { viewAt } from "./memory";


/** The address of a variable's current value, in `.data` and `.bss`; after it was changed there, {@link wasPut} follows. */
@inline
export function whereIs(section: usize, offset: usize): usize {
  if (load<bool>(section, offsetof<DataSection>("stale"))) viewAt<DataSection>(section).fetch();
  return valueIn(section, offset);
}

/** After such a variable was changed. */
@inline
export function wasPut(section: usize): void {
  if (!load<bool>(section, offsetof<DataSection>("live")))
    viewAt<DataSection>(section).afterWrite();
}

/** The address of a value in `.rodata` or `.kconfig`. */
@inline
export function valueIn(section: usize, offset: usize): usize {
  return load<usize>(section, offsetof<Section>("buffer")) + offset;
}

/** The address at which a variable of `.rodata` is to be set. */
export function constantPlace(section: usize, offset: usize, variable: string): usize {
  viewAt<ConstantSection>(section).beforeWrite(variable);
  return valueIn(section, offset);
}
