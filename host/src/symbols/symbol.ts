/** Where an address lies. */
export interface FoundSymbol {
  /** The function's name; empty: it has none. */
  readonly name: string;
  /** Bytes from the start of the function; without a name, 0. */
  readonly offset: bigint;
  /** The file that is mapped there, as the process sees it; of the kernel the module's name, empty for the kernel itself. */
  readonly file: string;
  /** Where in the file, in bytes; of the kernel 0. */
  readonly fileOffset: bigint;
}
