import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkAndRemember, checkOnce } from "./checked.js";
import { passedObjects, remember } from "./passed.js";

const object = readFileSync(
  fileURLToPath(new URL("../../../../../codegen/golden/golden.bpf.o", import.meta.url)),
);
const refused = { message: /cannot open BPF object 'broken'/ };

describe("objects that passed the check", () => {
  it("are known by all of their bytes, and no others are", () => {
    checkAndRemember(object, "golden");
    checkOnce(object, "golden");
    const broken = Uint8Array.from(object);
    // `e_shoff`: where the section headers begin.
    broken.fill(0xff, 0x28, 0x30);
    assert.throws(() => checkOnce(broken, "broken"), refused);
    assert.throws(() => checkAndRemember(broken, "broken"), refused);
    assert.throws(() => checkOnce(broken, "broken"), refused);
  });

  it("are handed from one thread to another, and the oldest are forgotten", () => {
    const own = passedObjects();
    assert.ok(own.length > 0);
    remember(Array.from({ length: 100 }, (_, i) => `${i}`));
    assert.equal(passedObjects().length, 64);
    assert.equal(passedObjects().at(-1), "99");
    assert.ok(!passedObjects().includes(own[0] as string));
  });
});
