import assert from "node:assert/strict";
import { FakeBackend } from "../../testing/fake-backend/backend.js";
import { UNGUARDED } from "../../testing/guard.js";
import { compileGuest } from "../../testing/guest.js";
import { Instance } from "../instance.js";
import type { Outcome } from "../protocol.js";
import { canPark } from "./parking.js";

/** What Asyncify would export, as the test wants it. */
function suspendable(bodies: Readonly<Record<string, string>> = {}, park = 60_000): string {
  const names = ["start_unwind", "stop_unwind", "start_rewind", "stop_rewind"];
  const functions = names.map(
    (name) =>
      `export function asyncify_${name}(${name.startsWith("start") ? "at: i32" : ""}): void { ${bodies[name] ?? ""} }`,
  );
  return `export const wbpf_park: i32 = ${park}; ${functions.join(" ")}`;
}

/** A module that opens a ring buffer without records and then does `body` with its handle `b`. */
async function instance(exported: string, body: string) {
  const backend = new FakeBackend();
  const object = Buffer.from(JSON.stringify({ maps: { rb: { type: 27 } } }));
  const { wasm } = await compileGuest(
    `${exported}
     const o = object_open(OBJECT, OBJECT_SIZE, 0, 0);
     object_load(o);
     const b = buffer_open(named(o, "rb"));
     ${body}`,
    { object },
  );
  const compiled = new WebAssembly.Module(wasm);
  assert.ok(canPark(compiled));
  const made = new Instance(
    {
      ...{
        compiled,
        widePointers: false,
        backend,
        guard: UNGUARDED,
        stopFd: -1,
        args: [],
        env: {},
      },
      onFailure: (sentence) => assert.fail(sentence),
      output: (session) => ({ write: (fd, at, length) => session.write(fd, at, length) }),
    },
    true,
  );
  return { made, printed: () => backend.written.map(({ text }) => text).join("") };
}

const messageOf = (outcome: Outcome | undefined): string =>
  outcome?.kind === "failed" ? outcome.message : JSON.stringify(outcome);

describe("a module that can be suspended", () => {
  it("is not any module", async () => {
    const { wasm } = await compileGuest(`print("x");`);
    assert.equal(canPark(new WebAssembly.Module(wasm)), false);
  });

  it("is ended when it goes on instead of returning", async () => {
    const { made } = await instance(suspendable(), `while (true) buffer_poll(b, 1024, 4096, -1);`);
    assert.match(messageOf(made.begin()), /went on although it was suspended/);
    made.close();
  });

  it("is ended when it calls the host while its stack is unwound", async () => {
    for (const name of ["start_unwind", "stop_unwind"]) {
      const call = `buffer_poll(0, 1024, 4096, -1); buffer_poll(1, 8, 4096, -1);`;
      const { made } = await instance(
        suspendable({ [name]: `if (bad) { bad = false; poll_again(); }` }) +
          ` let bad = true; function poll_again(): void { buffer_poll(b, 1024, 4096, -1); ${call} }`,
        `buffer_poll(b, 1024, 4096, -1);`,
      );
      assert.match(messageOf(made.begin()), /went on although it was suspended/, name);
      made.close();
    }
  });

  it("has an errno when its place for the stack is not in its memory", async () => {
    const { made, printed } = await instance(
      suspendable({}, -8),
      `print(buffer_poll(b, 1024, 4096, -1).toString());`,
    );
    assert.deepEqual(made.begin(), { kind: "exit", code: 0 });
    assert.equal(printed(), "-14");
    made.close();
  });

  it("has ended when it does not go back to where it waited", async () => {
    const { made } = await instance(suspendable(), `buffer_poll(b, 1024, 4096, -1);`);
    assert.equal(made.begin(), undefined);
    assert.equal(made.parking?.parked?.until, Number.POSITIVE_INFINITY);
    // What nobody has rewound begins anew, with a buffer that is open already.
    assert.deepEqual(made.resume(), { kind: "exit", code: 0 });
    made.close();
  });

  it("may call the host while its stack is wound again", async () => {
    for (const name of ["start_rewind", "stop_rewind"]) {
      const { made } = await instance(
        `${suspendable({ [name]: `print("again "); buffer_poll(b, 1024, 4096, 0);` })}`,
        `buffer_poll(b, 1024, 4096, 20);`,
      );
      assert.equal(made.begin(), undefined);
      while (performance.now() < (made.parking?.parked?.until ?? 0));
      assert.deepEqual(made.resume(), { kind: "exit", code: 0 }, name);
      made.close();
    }
  });
});
