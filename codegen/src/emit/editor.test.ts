import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generateBindings, generateTypes } from "./index.js";
import { editorDiagnostics } from "./testing/editor.js";
import { compileExamples } from "./testing/examples.js";

const KERNEL = "/sys/kernel/btf/vmlinux";
const golden = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../golden/${name}`, import.meta.url)));

describe("an editor with AssemblyScript's types", function () {
  this.timeout(120_000);

  it("shows nothing in bindings of every kind of field, and in what uses them", () => {
    const object = golden("golden.bpf.o");
    const { text } = generateBindings(object, { name: "golden", object: "golden.bpf.o" });
    const main = [
      'import { Event, Golden, Kind } from "./golden.bpf";',
      "const tool = Golden.open();",
      "export const total: u64 = tool.bss.total;",
      "const event = new Event();",
      "event.level = -3;",
      'event.comm = "sh";',
      "event.class_.yes = true;",
      "event.bytes.set(0, 1);",
      "export const same: bool = event.equals(Event.alloc());",
      "export const kind: string = Kind.nameOf(event.kind);",
      "tool.maps.rb.onEvent((e: Event) => { trace(e.comm); });",
    ].join("\n");
    assert.deepEqual(editorDiagnostics({ "golden.bpf.ts": text, "main.ts": main }), []);
  });

  it("shows nothing in the bindings that are committed", () => {
    const text = golden("golden.bpf.ts").toString("utf8");
    assert.deepEqual(editorDiagnostics({ "golden.bpf.ts": text }), []);
  });

  it("shows nothing in any example, nor in its bindings", async function () {
    if (!existsSync(KERNEL)) this.skip();
    const examples = await compileExamples();
    assert.ok(examples.length >= 4, `${examples.length} examples`);
    const files = examples.flatMap(({ name, object, main }) => [
      [
        `${name}/${name}.bpf.ts`,
        generateBindings(object, { name, object: `${name}.bpf.o` }).text,
      ] as const,
      [`${name}/main.ts`, main] as const,
    ]);
    assert.deepEqual(editorDiagnostics(Object.fromEntries(files)), []);
  });

  it("shows what is wrong, decorators too", () => {
    const [first = ""] = editorDiagnostics({ "main.ts": "export const pid: u64 = nowhere;\n" });
    assert.match(first, /main\.ts:1: TS2304 .*nowhere/);
    const twice = "class A { @inline get a(): i32 { return 0; } @inline set a(value: i32) {} }\n";
    assert.match(editorDiagnostics({ "main.ts": twice })[0] ?? "", /TS1207/);
    const closed = "@unmanaged class A { private constructor() {} }\n";
    assert.match(editorDiagnostics({ "main.ts": closed })[0] ?? "", /TS1238/);
  });

  it("shows nothing in a type of the kernel with all that it reaches", function () {
    if (!existsSync(KERNEL)) this.skip();
    const text = generateTypes(readFileSync(KERNEL), { types: ["sk_buff"], source: KERNEL });
    assert.deepEqual(editorDiagnostics({ "kernel.ts": text }), []);
  });
});
