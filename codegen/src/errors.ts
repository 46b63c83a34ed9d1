/** What the code generator could not do, as one sentence: what, where, what to do. */
export class CodegenError extends Error {
  override readonly name: string = "CodegenError";
  /** A stable word for programs to switch on, such as `"BAD_FORMAT"`. Messages may change, codes do not. */
  readonly code: string;

  constructor(code: string, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
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
