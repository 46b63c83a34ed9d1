import assert from "node:assert/strict";
import { BpfError } from "../backend.js";
import type { ConformanceOptions } from "../conformance.js";
import { Guest, mapOf, programOf, withGuest } from "./guest.js";

/** Asserts a {@link BpfError} with that code, and that its message is a sentence without a stack trace. */
export function throwsBpf(code: string, message: RegExp, call: () => unknown): BpfError {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown instanceof BpfError, `expected a BpfError, not ${thrown}`);
  assert.equal(thrown.code, code, thrown.message);
  assert.match(thrown.message, message);
  assert.ok(thrown.errno > 0);
  return thrown;
}

export function objectsConform({ describe, it, backend, object }: ConformanceOptions): void {
  describe("objects", () => {
    it("lists maps and programs as the C source names them, data sections by their section", () => {
      withGuest(backend, ({ session }) => {
        const opened = session.openObject(object("maps"), { name: "a.name.with.dots" });
        assert.deepEqual(
          opened.maps.map(({ name }) => name).sort(),
          [".bss", ".data", ".data.custom", ".rodata"].concat(
            ["array", "bloom", "hash", "lru", "percpu_array", "percpu_hash", "percpu_odd"],
            ["queue", "stack"],
          ),
        );
        const [program] = opened.programs;
        assert.equal(opened.programs.length, 1);
        assert.equal(program?.name, "compute");
        assert.equal(program?.section, "syscall");
        assert.equal(program?.type, 31);
        assert.ok((program?.instructions ?? 0) > 10);
      });
    });

    it("takes initial values of data sections before load, and the program sees them", () => {
      withGuest(backend, (guest) => {
        const opened = guest.session.openObject(object("maps"), { name: "maps" });
        const rodata = mapOf(opened, ".rodata");
        const before = rodata.initialValue();
        const fields = new DataView(before.buffer, before.byteOffset, before.byteLength);
        assert.equal(fields.getUint32(0, true), 2);
        assert.equal(fields.getBigUint64(8, true), 0x1122334455667788n);

        rodata.setInitialValue(0, Uint8Array.of(10, 0, 0, 0));
        rodata.setInitialValue(8, new Uint8Array(8));
        mapOf(opened, ".data.custom").setInitialValue(0, Uint8Array.of(3, 0, 0, 0));
        mapOf(opened, ".data").setInitialValue(0, Uint8Array.of(200, 1, 0, 0));
        opened.load();
        const { retval, context } = programOf(opened, "compute").testRun(Uint8Array.of(7, 0, 0, 0));
        assert.equal(retval, 42);
        assert.deepEqual([...context], [201, 1, 0, 0]);
        guest.setU32(0, 0);
        assert.equal(mapOf(opened, ".bss").lookup(0, 1024, 0), 0);
        assert.equal(guest.u64(1024), 73n);
        guest.setU32(0, 1);
        assert.equal(mapOf(opened, "hash").lookup(0, 8, 0), 0);
        assert.equal(guest.u64(8), 73n);
        assert.equal(rodata.initialValue()[0], 10, "the initial value is still known after load");
      });
    });

    it("refuses initial values after load, outside the section, and of other maps", () => {
      withGuest(backend, ({ session }) => {
        const opened = session.openObject(object("maps"), { name: "maps" });
        const rodata = mapOf(opened, ".rodata");
        const size = rodata.initialValue().length;
        for (const [at, length] of [
          [size, 1],
          [size - 1, 2],
          [-1, 1],
          [0.5, 1],
          [4294967295, 1],
        ] as const) {
          throwsBpf("EINVAL", /'\.rodata'/, () =>
            rodata.setInitialValue(at, new Uint8Array(length)),
          );
        }
        rodata.setInitialValue(size, new Uint8Array(0));
        throwsBpf("EINVAL", /'hash'.*data section/, () => mapOf(opened, "hash").initialValue());
        throwsBpf("EINVAL", /'hash'.*data section/, () =>
          mapOf(opened, "hash").setInitialValue(0, new Uint8Array(1)),
        );
        opened.load();
        throwsBpf("EBUSY", /'\.rodata'/, () => rodata.setInitialValue(0, new Uint8Array(1)));
      });
    });

    it("loads once only", () => {
      withGuest(backend, (guest) => {
        const opened = guest.load(object("maps"), "twice");
        throwsBpf("EALREADY", /'twice'/, () => opened.load());
      });
    });

    it("shows a refused program's last lines, its C line, and keeps the whole log", () => {
      withGuest(backend, ({ session }) => {
        const opened = session.openObject(object("refused"), { name: "refused" });
        const error = throwsBpf("EACCES", /'refused'.*'unchecked'.*map_value_or_null.*EACCES/, () =>
          opened.load(),
        );
        assert.match(error.message, /return \*count;/);
        assert.match(error.message, /R0 invalid mem access/);
        assert.doesNotMatch(error.message, /processed \d+ insns/);
        assert.ok(error.message.split("\n").length <= 15, error.message);
        assert.match(error.detail ?? "", /processed \d+ insns/);
        assert.match(opened.verifierLog(), /processed \d+ insns/);
        throwsBpf("EALREADY", /failed to load before/, () => opened.load());
        assert.equal(mapOf(opened, "counts").lookup(0, 8, 0), -9);
      });
    });

    it("keeps the verifier's log of programs that load when a log level asks for it", () => {
      withGuest(backend, ({ session }) => {
        const logged = session.openObject(object("maps"), { name: "logged", logLevel: 1 });
        logged.load();
        assert.match(logged.verifierLog(), /'compute'[\s\S]*processed \d+ insns/);
        const quiet = session.openObject(object("maps"), { name: "quiet" });
        quiet.load();
        assert.equal(quiet.verifierLog(), "");
      });
    });

    it("closes objects and sessions twice, and answers calls on what is closed", () => {
      const guest = new Guest(backend);
      const opened = guest.load(object("ring"), "closing");
      const rb = mapOf(opened, "rb");
      const buffer = rb.openBuffer();
      const program = programOf(opened, "produce");
      opened.close();
      opened.close();
      assert.equal(buffer.poll(0, 4096, 0), -9);
      assert.equal(guest.session.wait([buffer], new Int32Array(1), 0), -9);
      buffer.close();
      assert.equal(rb.lookup(0, 0, 0), -9);
      throwsBpf("EBADF", /./, () => rb.openBuffer());
      throwsBpf("EBADF", /'produce'/, () => program.testRun(new Uint8Array(40)));
      throwsBpf("EBADF", /'closing'/, () => opened.load());
      guest.session.close();
      guest.session.close();
      throwsBpf("EBADF", /'late'/, () =>
        guest.session.openObject(object("maps"), { name: "late" }),
      );
      assert.equal(guest.session.write(1, 0, 1), -9);
    });

    it("closes what a session opened when the session closes", () => {
      const guest = new Guest(backend);
      const opened = guest.load(object("maps"));
      const hash = mapOf(opened, "hash");
      assert.equal(hash.update(0, 8, 0), 0);
      guest.session.close();
      assert.equal(hash.update(0, 8, 0), -9);
    });

    it("test-runs with a context, and reports one that the program does not take", () => {
      withGuest(backend, (guest) => {
        const opened = guest.session.openObject(object("maps"), { name: "maps" });
        throwsBpf("EBADF", /not loaded/, () => programOf(opened, "compute").testRun());
        opened.load();
        throwsBpf("EINVAL", /'compute'/, () =>
          programOf(opened, "compute").testRun(undefined, { repeat: 3 }),
        );
      });
    });

    it("refuses what is not a BPF object with one sentence", () => {
      withGuest(backend, ({ session }) => {
        const good = object("maps");
        const open = (bytes: Uint8Array) => () => session.openObject(bytes, { name: "bad" });
        throwsBpf("EINVAL", /'bad': it is empty/, open(new Uint8Array()));
        throwsBpf("EINVAL", /not an ELF file/, open(new TextEncoder().encode("hello, world\n")));
        throwsBpf("EINVAL", /ends inside the ELF header/, open(good.subarray(0, 40)));
        throwsBpf("EINVAL", /is cut off/, open(good.subarray(0, good.length >> 1)));
        const wrongMachine = good.slice();
        wrongMachine[18] = 62;
        throwsBpf("EINVAL", /machine 62, not for BPF/, open(wrongMachine));
      });
    });
  });
}
