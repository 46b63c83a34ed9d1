/**
 * A module's turn: the time between two waits. What comes between {@link pause} and {@link resume} is not of it, because the module waits for somebody else
 * then; the two nest.
 */
export interface Turn {
  pause(): void;
  resume(): void;
}
