/** What the code generator could not do, as one sentence: what, where, what to do. */
export class CodegenError extends Error {
  override readonly name: string = "CodegenError";
  /** A stable word for programs to switch on, such as `"BAD_FORMAT"`. Messages may change, codes do not. */
  readonly code: string;
  /** The file that it is about, when {@link inFile} has put it in front of the message. */
  file: string | undefined;

  constructor(code: string, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Does some work on a file, and puts the file's name in front of what fails. Readers get bytes and do not know the name; of two callers that do, the outer one, which
 * stands nearer to the user, knows it better.
 */
export function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CodegenError) nameFile(error, file);
    throw error;
  }
}

function nameFile(error: CodegenError, file: string): void {
  const known = error.file === undefined ? "" : `${error.file}: `;
  error.message = `${file}: ${error.message.slice(known.length)}`;
  error.file = file;
}

/** Input that breaks its own format: an ELF file or BTF that is truncated, corrupt or of an unknown kind. Its code is `"BAD_FORMAT"`. */
export class FormatError extends CodegenError {
  override readonly name = "FormatError";
  /** The section that is wrong, such as `".BTF"`; `"ELF"` for the file's own headers. */
  readonly section: string;
  /** Where in that section, in bytes from its start. */
  readonly offset: number;

  constructor(section: string, offset: number, problem: string, options: { cause?: unknown } = {}) {
    super("BAD_FORMAT", `${section}: ${problem}`, options);
    this.section = section;
    this.offset = offset;
  }
}

/** An offset as messages print it, such as `0x1a4`. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
