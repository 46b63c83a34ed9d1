import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generateBindings, generateTypes } from "./index.js";
import { editorDiagnostics } from "./testing/editor.js";

const KERNEL = "/sys/kernel/btf/vmlinux";
describe("an editor with AssemblyScript's types", function () {
  this.timeout(120_000);

  it("finds nothing wrong but decorators in bindings and in what uses them", () => {
    const object = readFileSync(
      fileURLToPath(new URL("../../golden/golden.bpf.o", import.meta.url)),
    );
    const { text } = generateBindings(object, { name: "golden", object: "golden.bpf.o" });
    const main =
      'import { Golden } from "./golden.bpf";\nexport const pid: u64 = Golden.open().bss.total;\n';
    assert.deepEqual(editorDiagnostics({ "golden.bpf.ts": text, "main.ts": main }), []);
  });

  it("finds what is wrong", () => {
    const [first = ""] = editorDiagnostics({ "main.ts": "export const pid: u64 = nowhere;\n" });
    assert.match(first, /main\.ts:1: TS2304 .*nowhere/);
  });

  it("finds nothing wrong but decorators in a type of the kernel", function () {
    if (!existsSync(KERNEL)) this.skip();
    const text = generateTypes(readFileSync(KERNEL), { types: ["sk_buff"], source: KERNEL });
    assert.deepEqual(editorDiagnostics({ "kernel.ts": text }), []);
  });
});
