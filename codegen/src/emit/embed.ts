import type CodeBlockWriter from "code-block-writer";

/** Words in one line. */
const WORDS = 6;

/**
 * Writes the object as 64-bit words in the module's data. The compiler takes these several times faster than single bytes.
 */
export function writeObject(writer: CodeBlockWriter, object: Uint8Array): void {
  const padded = new Uint8Array((object.length + 7) & ~7);
  padded.set(object);
  const view = new DataView(padded.buffer);
  writer.writeLine("/** Bytes of the object. */");
  writer.writeLine(`const OBJECT_SIZE: i32 = ${object.length};`);
  writer.writeLine("/** Its address in this module: an ELF file, as little-endian words. */");
  writer.writeLine("// biome-ignore format: data");
  const lines: string[] = ["const OBJECT: usize = memory.data<u64>(["];
  for (let offset = 0; offset < padded.length; offset += WORDS * 8) {
    const words: string[] = [];
    for (let at = offset; at < Math.min(offset + WORDS * 8, padded.length); at += 8) {
      words.push(`0x${view.getBigUint64(at, true).toString(16)}`);
    }
    lines.push(`  ${words.join(", ")},`);
  }
  // One call: writing line by line is what would take the time.
  writer.write(`${lines.join("\n").replace(/,$/, "")}\n]);`).newLine();
}
