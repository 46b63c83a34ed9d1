import type CodeBlockWriter from "code-block-writer";

/** Text that may stand in a comment: it comes from an object file, which can hold anything. */
export function commentText(text: string): string {
  return text.replaceAll("*/", "* /").replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
}

/** A doc comment of one line. */
export function doc(writer: CodeBlockWriter, text: string): void {
  writer.writeLine(`/** ${commentText(text)} */`);
}

/** `1 byte`, `8 bytes`. */
export function bytes(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}
