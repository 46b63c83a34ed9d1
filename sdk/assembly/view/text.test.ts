import assert from "node:assert/strict";
import { compile, Guest } from "../../testing/guest.js";

/** Reads and writes text at the address that it is given as arguments: size, then hexadecimal bytes to read, or text to write. */
const SOURCE = `
import { args, console } from "@wbpf/sdk/assembly";
import { readText, writeText } from "@wbpf/sdk/assembly/view/index";
export function main(): i32 {
  const size = args.i32("size", 0);
  const address = heap.alloc(size + 8);
  memory.fill(address, 0x2e, size + 8);
  const hex = args.string("read", "none");
  const reading = hex != "none";
  for (let i = 0; reading && i < hex.length / 2; i++) store<u8>(address + i, <u8>parseInt(hex.substring(2 * i, 2 * i + 2), 16));
  if (reading) {
    console.log(readText(address, size));
    return 0;
  }
  writeText(address, size, args.string("write", ""));
  let out = "";
  for (let i = 0; i < size + 8; i++) out += load<u8>(address + i).toString(16).padStart(2, "0");
  console.log(out);
  return 0;
}`;

describe("text in a field", () => {
  let wasm: Uint8Array<ArrayBuffer>;
  before(async () => {
    wasm = await compile(SOURCE);
  });

  function run(...args: string[]): string {
    const guest = new Guest();
    guest.args = args;
    assert.equal(guest.run(wasm), 0, guest.stderr);
    return guest.stdout.replace(/\n$/, "");
  }
  const read = (bytes: Uint8Array, size = bytes.length): string =>
    run(`--size=${size}`, `--read=${Buffer.from(bytes).toString("hex")}`);
  const write = (text: string, size: number): string => run(`--size=${size}`, `--write=${text}`);

  it("ends at the first NUL byte or at the field's end", () => {
    assert.equal(read(Buffer.from("bash\0junk")), "bash");
    assert.equal(read(Buffer.from("sixteen-bytes-ok")), "sixteen-bytes-ok");
    assert.equal(read(Buffer.from("beyond"), 3), "bey");
    assert.equal(read(Buffer.from("\0")), "");
  });

  it("reads every length of UTF-8", () => {
    for (const text of ["é", "€", "😀", "aé€😀z", "\u{10ffff}\u07ff\uffff"])
      assert.equal(read(Buffer.from(text)), text);
  });

  it("takes each byte that is no UTF-8 for U+FFFD, and never reads on", () => {
    const cases: [number[], string][] = [
      [[0x61, 0xff, 0x62], "a\ufffdb"],
      [[0xe2, 0x82], "\ufffd\ufffd"],
      [[0xc0, 0x80], "\ufffd\ufffd"],
      [[0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
      [[0xf4, 0x90, 0x80, 0x80], "\ufffd\ufffd\ufffd\ufffd"],
      [[0xf0, 0x80, 0x80, 0x80], "\ufffd\ufffd\ufffd\ufffd"],
      [[0xe2, 0x41, 0xac], "\ufffdA\ufffd"],
    ];
    for (const [bytes, text] of cases) assert.equal(read(Uint8Array.from(bytes)), text);
    // The rest of the character stands right behind the field.
    assert.equal(read(Buffer.from("€"), 2), "\ufffd\ufffd");
  });

  it("writes UTF-8, zeros after it, always a NUL, and nothing behind the field", () => {
    const dots = "2e".repeat(8);
    assert.equal(write("ab", 4), `61620000${dots}`);
    assert.equal(write("abcd", 4), `61626300${dots}`);
    assert.equal(write("aé€😀", 12), `${Buffer.from("aé€😀").toString("hex")}0000${dots}`);
    assert.equal(write("a€", 4), `61000000${dots}`);
    assert.equal(write("a€", 5), `61e282ac00${dots}`);
    assert.equal(write("", 2), `0000${dots}`);
  });
});
