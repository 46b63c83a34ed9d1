import assert from "node:assert/strict";
import { compile, Guest } from "../../testing/guest.js";

const SOURCE = `
import { args, console } from "@wbpf/sdk/assembly";
export function main(): i32 {
  const number = args.u64("number", 5);
  const small = args.i32("small", -1);
  const name = args.string("name", "nobody");
  const flag = args.has("flag");
  const rest = args.positional();
  args.end("usage: tool");
  console.log(number.toString() + " " + small.toString() + " " + name + " " + flag.toString() + " [" + rest.join(",") + "]");
  return 0;
}`;

describe("args", () => {
  let wasm: Uint8Array<ArrayBuffer>;
  before(async () => {
    wasm = await compile(SOURCE);
  });

  function run(...args: string[]): { code: number; guest: Guest } {
    const guest = new Guest();
    guest.args = args;
    return { code: guest.run(wasm), guest };
  }

  const right: [string[], string][] = [
    [[], "5 -1 nobody false []"],
    [["--number", "7", "--flag"], "7 -1 nobody true []"],
    [["--number=18446744073709551615"], "18446744073709551615 -1 nobody false []"],
    [["--small=-2147483648"], "5 -2147483648 nobody false []"],
    [["--small", "-3"], "5 -3 nobody false []"],
    [["--name=a=b"], "5 -1 a=b false []"],
    [["--name=", "x"], "5 -1  false [x]"],
    [["--name", "Zoë 😀"], "5 -1 Zoë 😀 false []"],
    [["a", "--flag", "b", "--", "--number", "9"], "5 -1 nobody true [a,b,--number,9]"],
  ];
  for (const [args, line] of right) {
    it(`understands ${JSON.stringify(args)}`, () => {
      const { code, guest } = run(...args);
      assert.equal(guest.stderr, "");
      assert.equal(code, 0);
      assert.equal(guest.stdout, `${line}\n`);
    });
  }

  const wrong: [string[], RegExp][] = [
    [["--number", "-1"], /^--number wants a whole number, not '-1'$/m],
    [["--number", "18446744073709551616"], /^--number wants a whole number/],
    [["--number="], /^--number wants a whole number, not ''$/m],
    [["--number"], /^--number needs a value$/m],
    [["--name", "--flag"], /^--name needs a value$/m],
    [["--small", "2147483648"], /^--small wants a whole number of 32 bits/],
    [["--small", "-2147483649"], /^--small wants a whole number of 32 bits/],
    [["--flags"], /^unknown option --flags\nusage: tool$/m],
  ];
  for (const [args, text] of wrong) {
    it(`refuses ${JSON.stringify(args)} with one sentence and exit code 2`, () => {
      const { code, guest } = run(...args);
      assert.equal(code, 2);
      assert.match(guest.stderr, text);
      assert.equal(guest.stdout, "");
    });
  }

  it("prints the usage for --help and ends with 0", () => {
    const { code, guest } = run("--help");
    assert.deepEqual([code, guest.stdout, guest.stderr], [0, "usage: tool\n", ""]);
  });
});
