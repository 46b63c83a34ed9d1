/** A WASI errno on its way out of a file function. Not an Error: nobody needs its stack. */
export class FileFailure {
  /** Of WASI preview 1. */
  readonly errno: number;

  constructor(errno: number) {
    this.errno = errno;
  }
}
