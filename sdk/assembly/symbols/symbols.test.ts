import assert from "node:assert/strict";
import { compile, Guest } from "../../testing/guest.js";

const SOURCE = `
import { console, lastError, Symbols } from "@wbpf/sdk/assembly";
const symbols = new Symbols();
const addresses: StaticArray<u64> = [0x1000, 0x2000, 0x3000];
function show(what: string, found: i32): void {
  console.log(\`\${what}: \${found}\`);
  for (let i = -1; i <= found; i++) console.log(\`[\${symbols.name(i)}|\${symbols.offset(i)}|\${symbols.file(i)}|\${symbols.fileOffset(i)}]\`);
}
export function main(): i32 {
  show("kernel", symbols.ofKernel(addresses, 2));
  show("process", symbols.ofProcess(77, addresses, 3));
  show("long", symbols.ofProcess(78, addresses, 1));
  show("gone", symbols.ofProcess(79, addresses, 3));
  show("growing", symbols.ofProcess(80, addresses, 1));
  return 0;
}`;
const ENTRY = 32;

/** Writes entries as docs/abi.md has them, if they fit. @returns the bytes that they take */
function answer(
  guest: Guest,
  out: number,
  cap: number,
  symbols: readonly {
    name: string;
    offset: number;
    file: string;
    fileOffset: number;
  }[],
): number {
  let text = symbols.length * ENTRY;
  const texts: [at: number, bytes: Uint8Array][] = [];
  const entries = symbols.map(({ name, offset, file, fileOffset }) => {
    const places = [name, file].map((one) => {
      const bytes = new TextEncoder().encode(one);
      texts.push([text, bytes]);
      text += bytes.length;
      return [text - bytes.length, bytes.length] as const;
    });
    return { offset, fileOffset, places };
  });
  if (text > cap) return text;
  entries.forEach(({ offset, fileOffset, places }, i) => {
    const at = out + i * ENTRY;
    guest.view.setBigUint64(at, BigInt(offset), true);
    guest.view.setBigUint64(at + 8, BigInt(fileOffset), true);
    places.forEach(([start, length], j) => {
      guest.view.setUint32(at + 16 + 8 * j, start, true);
      guest.view.setUint32(at + 20 + 8 * j, length, true);
    });
  });
  for (const [at, bytes] of texts) guest.bytes(out + at, bytes.length).set(bytes);
  return text;
}

describe("symbols", () => {
  it("are read where the host put them, in more room where they need it, and never out of bounds", async () => {
    const guest = new Guest();
    const asked: [pid: number, first: bigint, count: number, cap: number][] = [];
    const ask = (pid: number, addresses: number, count: number, out: number, cap: number) => {
      asked.push([pid, guest.view.getBigUint64(addresses, true), count, cap]);
      const one = { name: "näme", offset: 7, file: "/bin/x", fileOffset: 9 };
      if (pid === 79) return -3;
      if (pid === 78) return answer(guest, out, cap, [{ ...one, name: "x".repeat(5000) }]);
      // It has grown whenever it is asked.
      if (pid === 80) return cap + 1;
      return answer(
        guest,
        out,
        cap,
        Array.from({ length: count }, (_, i) => (i === 1 ? { ...one, name: "", file: "" } : one)),
      );
    };
    guest.wbpf.kernel_symbols = (addresses, count, out, cap) =>
      ask(-1, addresses as number, count as number, out as number, cap as number);
    guest.wbpf.user_symbols = (pid, addresses, count, out, cap) =>
      ask(pid as number, addresses as number, count as number, out as number, cap as number);
    assert.equal(guest.run(await compile(SOURCE)), 0);
    const [none, full, empty] = ["[|0||0]", "[näme|7|/bin/x|9]", "[|7||9]"];
    assert.deepEqual(guest.stdout.trimEnd().split("\n"), [
      ...["kernel: 2", none, full, empty, none],
      ...["process: 3", none, full, empty, full, none],
      ...["long: 1", none, `[${"x".repeat(5000)}|7|/bin/x|9]`, none],
      ...["gone: -3"],
      ...["growing: 0", none, none],
    ]);
    assert.deepEqual(
      asked.map(([pid, first, count]) => [pid, first, count]),
      [
        [-1, 0x1000n, 2],
        [77, 0x1000n, 3],
        ...[1, 2].map(() => [78, 0x1000n, 1]),
        [79, 0x1000n, 3],
        ...[1, 2].map(() => [80, 0x1000n, 1]),
      ],
    );
    // What was needed once stays.
    assert.equal(asked[2]?.[3], 4096);
    assert.equal(asked[3]?.[3], ENTRY + 5006);
    assert.equal(asked[4]?.[3], ENTRY + 5006);
  });
});
