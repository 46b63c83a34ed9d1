import assert from "node:assert/strict";
import { Module, type TrapError } from "@wbpf/host";
import { compileGuest } from "../testing/guest.js";

async function trap(source: string, debug: boolean): Promise<TrapError> {
  const { wasm, sourceMap } = await compileGuest(source, { debug, file: "main.ts" });
  const options = debug ? { name: "tool.wasm", sourceMap } : { name: "tool.wasm" };
  const result = await (await Module.fromBytes(wasm, options)).start().finished;
  assert(result.kind === "trap", JSON.stringify(result));
  assert.doesNotMatch(result.error.message, /\n|wasm:\/\//);
  return result.error;
}

const DIVIDE = `
class Tool {
  run(n: i32): i32 {
    return 100 / n;
  }
}
function drive(tool: Tool): i32 {
  const zero = load<i32>(0);
  return tool.run(zero);
}
print(drive(new Tool()).toString());`;

describe("a module that traps", () => {
  it("is told with the user's file and line when it has a source map", async () => {
    const error = await trap(DIVIDE, true);
    assert.equal(error.code, "TRAP");
    assert.equal(error.kind, "divide-by-zero");
    assert.match(
      error.message,
      /^tool\.wasm trapped at main\.ts:4:\d+ in Tool#run: division by zero$/,
    );
    const [top, below] = error.frames;
    assert.equal(top?.source?.file, "main.ts");
    assert.equal(below?.functionName, "drive");
    assert.equal(below?.source?.line, 9);
  });

  it("is told with what there is when it has none", async () => {
    const error = await trap(DIVIDE, false);
    assert.match(
      error.message,
      /^tool\.wasm trapped .*: division by zero \(build with --debug to see file and line\)$/,
    );
    assert.equal(error.frames[0]?.source, undefined);
    assert((error.frames[0]?.offset ?? 0) > 0);
  });

  const kinds: [kind: string, source: string][] = [
    ["unreachable", "unreachable();"],
    ["unreachable", "assert(load<i32>(0) == 1);"],
    ["memory-out-of-bounds", "store<i32>(0xfffffff0, 1);"],
    [
      "integer-overflow",
      "print((load<i32>(0) + i32.MIN_VALUE) / (load<i32>(0) - 1) == 0 ? 'a' : 'b');",
    ],
    ["stack-overflow", "function f(n: i32): i32 { return f(n + 1) + n; } f(1);"],
    ["table-out-of-bounds", "call_indirect<void>(load<u32>(0) + 9999);"],
    ["bad-indirect-call", "const f = (x: i32): void => {}; f(1); call_indirect<void>(f.index);"],
  ];
  for (const [kind, source] of kinds) {
    it(`has the kind ${kind}: ${source}`, async () => {
      assert.equal((await trap(source, true)).kind, kind);
    });
  }

  it("does not point into the function that ends it", async () => {
    const error = await trap(
      "function onAbort(): void { unreachable(); }\nfunction check(): void { onAbort(); }\ncheck();",
      true,
    );
    assert.match(error.message, /main\.ts:2:\d+ in check/);
  });

  it("works with a source map that is broken", async () => {
    const { wasm } = await compileGuest(DIVIDE, { debug: true });
    for (const sourceMap of ["{", "null", '{"version":3}']) {
      const result = await (await Module.fromBytes(wasm, { sourceMap })).start().finished;
      assert(result.kind === "trap");
      assert.match(result.error.message, /division by zero/);
    }
  });
});
