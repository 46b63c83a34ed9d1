import assert from "node:assert/strict";
import { findInexpressible } from "./reach.js";
import { portableAbi } from "./stubs.js";

const SDK = "~lib/@wbpf/sdk/assembly";
const OPTIONS = {
  missing: ["link_destroy"],
  liveSections: [{ type: "ToolBss", section: ".bss" }],
  bindings: ["tool.bpf"],
};

/** A module's text as Binaryen writes it: functions with their calls, each call at a place. */
function text(
  functions: Readonly<Record<string, readonly [callee: string, place?: string][]>>,
): string {
  const lines = Object.entries(functions).flatMap(([name, calls]) => [
    ` (func $${quoted(name)} (param $0 i32)`,
    ...calls.flatMap(([callee, place]) => [
      ...(place === undefined ? [] : [`  ;;@ ${place}`]),
      callee.includes("|inlined") ? `  (block $${callee}` : `  (call $${quoted(callee)}`,
    ]),
    " )",
  ]);
  return `(module\n${lines.join("\n")}\n)\n`;
}

const quoted = (name: string) => (name.includes(",") ? `"${name}"` : name);

describe("findInexpressible", () => {
  it("names the user's call, however deep in the SDK the missing function is", () => {
    const found = findInexpressible(
      text({
        "main/main": [[`${SDK}/object/bpf_object/BpfObject#detach`, "main.ts:6:2"]],
        [`${SDK}/object/bpf_object/BpfObject#detach`]: [[`${SDK}/link/bpf_link/BpfLink#destroy`]],
        [`${SDK}/link/bpf_link/BpfLink#destroy`]: [[`${SDK}/abi/wbpf/link_destroy`]],
        [`${SDK}/abi/wbpf/link_destroy`]: [],
      }),
      OPTIONS,
    );
    assert.deepEqual(found, [
      {
        what: "BpfObject.detach",
        why: "it detaches a program only together with its whole object",
        file: "main.ts",
        line: 6,
        column: 3,
      },
    ]);
  });

  it("forgives the detach of an attach that failed, and of a close", () => {
    for (const method of ["attach", "destroy"]) {
      const found = findInexpressible(
        text({
          "main/main": [[`${SDK}/object/bpf_object/BpfObject#${method}`, "main.ts:6:2"]],
          [`${SDK}/object/bpf_object/BpfObject#${method}`]: [
            [`${SDK}/object/bpf_object/BpfObject#detach`],
          ],
          [`${SDK}/object/bpf_object/BpfObject#detach`]: [[`${SDK}/abi/wbpf/link_destroy`]],
          [`${SDK}/abi/wbpf/link_destroy`]: [],
        }),
        OPTIONS,
      );
      assert.deepEqual(found, []);
    }
  });

  it("names a variable of a live section, also where its accessor was inlined", () => {
    for (const callee of ["tool.bpf/ToolBss#get:seen", "tool.bpf/ToolBss#get:seen|inlined.0"]) {
      const [found, ...others] = findInexpressible(
        text({ "start:main": [[callee, "main.ts:9:4"]] }),
        OPTIONS,
      );
      assert.deepEqual(others, []);
      assert.equal(found?.what, "ToolBss.seen");
      assert.match(found?.why ?? "", /\.bss/);
    }
  });

  it("reads names that Binaryen puts in quotes, and looks through cycles", () => {
    const lookup = `${SDK}/map/per_cpu_map/AnyPerCpuMap<u32,${SDK}/map/per_cpu/PerCpuScalar<u64>>#lookup`;
    const [found] = findInexpressible(
      text({
        "main/main": [[`${SDK}/a/a`, "main.ts:1:0"]],
        [`${SDK}/a/a`]: [[`${SDK}/b/b`]],
        [`${SDK}/b/b`]: [[`${SDK}/a/a`], [lookup]],
        [lookup]: [],
      }),
      OPTIONS,
    );
    assert.match(found?.why ?? "", /how many CPUs/);
  });

  it("lets a skeleton make what nobody uses", () => {
    const found = findInexpressible(
      text({
        "main/main": [["tool.bpf/Tool.open", "main.ts:1:0"]],
        "tool.bpf/Tool.open": [[`${SDK}/map/queue_map/QueueMap<u64>#constructor`]],
        [`${SDK}/map/queue_map/QueueMap<u64>#constructor`]: [
          [`${SDK}/map/queue_map/QueueMap<u64>#set:buffer`],
        ],
        [`${SDK}/map/queue_map/QueueMap<u64>#set:buffer`]: [],
      }),
      OPTIONS,
    );
    assert.deepEqual(found, []);
  });
});

describe("portableAbi", () => {
  it("takes what is implemented from there, and makes the rest say that it is missing", () => {
    const { text, missing } = portableAbi(
      `export const V: i32 = 1;
@external("wbpf", "a")
export declare function a(x: usize): i32;
@external("wbpf", "b")
export declare function b(
  x: i32,
  y: usize,
): i32;
`,
      'export { a } from "./objects";',
    );
    assert.deepEqual(missing, ["b"]);
    assert.match(text, /export \{ a \} from "\.\.\/portable\/wbpf";/);
    assert.match(
      text,
      /export function b\(\s*x: i32,\s*y: usize,\s*\): i32 \{ return <i32>unsupported\("b"\); \}/,
    );
    assert.match(text, /export const V: i32 = 1;/);
    assert.doesNotMatch(text, /@external/);
  });
});
