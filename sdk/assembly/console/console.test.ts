import assert from "node:assert/strict";
import { compile, Guest } from "../../testing/guest.js";

async function run(body: string): Promise<Guest> {
  const guest = new Guest();
  guest.run(
    await compile(`
import { console } from "@wbpf/sdk/assembly";
export function main(): i32 {
${body}
  return 0;
}`),
  );
  return guest;
}

describe("console", () => {
  it("writes UTF-8 lines to stdout and stderr, in the order in which they were printed", async () => {
    const guest = await run(`
  console.log("first");
  console.warn("warned");
  console.error("Zoë 😀");
  console.write("no ");
  console.info("end");`);
    assert.equal(guest.stdout, "first\nno end\n");
    assert.equal(guest.stderr, "warned\nZoë 😀\n");
  });

  it("sends text that is longer than its buffer in pieces, and never cuts a character", async () => {
    const guest = await run(`console.log("x" + "😀é€".repeat(5000));`);
    assert.equal(guest.stdout, `x${"😀é€".repeat(5000)}\n`);
    assert.ok(guest.writes > 1);
  });

  it("prints an empty line", async () => {
    assert.equal((await run(`console.log("");`)).stdout, "\n");
  });

  it("says where an assertion failed before the module traps", async () => {
    const guest = new Guest();
    const wasm = await compile(`
import { console } from "@wbpf/sdk/assembly";
export function main(): i32 {
  console.write("before ");
  assert(false, "never so");
  return 0;
}`);
    assert.throws(() => guest.run(wasm), WebAssembly.RuntimeError);
    assert.equal(guest.stdout, "before ");
    assert.match(guest.stderr, /^abort: never so \(main\.ts:5:\d+\)\n$/);
  });
});
