import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { BackendBuffer, BackendObject } from "../backend.js";
import { framesOf } from "../conformance/frames.js";
import { Guest, mapOf, programOf, withGuest } from "../conformance/guest.js";
import { throwsBpf } from "../conformance/objects.js";
import { compileSource, compileTestObject } from "../testing/compile.js";
import { needsKernel } from "../testing/needs-kernel.js";
import { KernelBackend } from "./kernel-backend.js";

/** `__NR_getegid` of x86-64 and of arm64 (and riscv64): a system call that nothing else in this process makes by itself. */
const NR_GETEGID = process.arch === "x64" ? 108 : 177;
const PAGE = 65536;
const backend = new KernelBackend();

/** Descriptors of this process, and what they are. */
function descriptors(): string[] {
  return readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "gone";
    }
  });
}

/** Of kinds that only BPF makes: maps, programs, links, BTF, ring mappings, perf events. */
const bpfDescriptors = () =>
  descriptors()
    .filter((target) => /bpf|btf|perf_event/.test(target))
    .sort();

/** testing/ring.bpf.c, told to trace this process's getegid(2). */
function tracing(guest: Guest, flags: readonly string[] = []): BackendObject {
  const opened = guest.session.openObject(compileTestObject("ring", flags), { name: "tracing" });
  const fields = new DataView(new ArrayBuffer(8));
  fields.setUint32(0, process.pid, true);
  fields.setUint32(4, NR_GETEGID, true);
  mapOf(opened, ".rodata").setInitialValue(0, new Uint8Array(fields.buffer));
  opened.load();
  return opened;
}

/** Polls until there is nothing for `timeout` ms; every record must be the one after the last. Returns the next expected. */
function drain(
  guest: Guest,
  buffer: BackendBuffer,
  expected: bigint,
  timeout: number,
  onPoll: () => void,
): bigint {
  let next = expected;
  for (;;) {
    const size = buffer.poll(PAGE, PAGE, timeout);
    onPoll();
    assert.ok(size >= 0, `poll answered ${size}`);
    if (size === 0) return next;
    for (const frame of framesOf(guest.view, PAGE, size)) {
      assert.equal(guest.u64(frame.at), next);
      assert.equal(guest.u64(frame.at + 8), next * 3n + 1n);
      next++;
    }
  }
}

/** Whether a program attaches to a raw tracepoint more than once: commit d4dfc5700e86, Linux 6.10. */
const attachesTwice = ({ session }: Guest): boolean => session.kernelVersion() >= 0x060a00;

describe("attaching in the kernel", () => {
  before(needsKernel);

  it("delivers the events of a raw tracepoint until the link is destroyed", () => {
    withGuest(backend, (guest) => {
      const opened = tracing(guest);
      const buffer = mapOf(opened, "rb").openBuffer();
      const call = (times: number) => {
        for (let i = 0; i < times; i++) process.getegid?.();
        return framesOf(guest.view, PAGE, Math.max(0, buffer.poll(PAGE, PAGE, 0))).length;
      };
      assert.equal(call(3), 0);
      const link = programOf(opened, "on_sys_enter").attach();
      assert.equal(call(3), 3);
      if (attachesTwice(guest)) {
        const second = programOf(opened, "on_sys_enter").attach();
        assert.equal(call(2), 4);
        second.destroy();
      } else {
        throwsBpf("EEXIST", /already.*Linux 6\.10/, () =>
          programOf(opened, "on_sys_enter").attach(),
        );
      }
      assert.equal(call(1), 1);
      link.destroy();
      link.destroy();
      assert.equal(call(5), 0);
    });
  });

  it("delivers 100,000 events of another thread while it is polling, in order, none twice", () => {
    withGuest(backend, (guest) => {
      // Room for all of them: how fast this thread gets to run is not what is tested.
      const opened = tracing(guest, ["-DRING_SIZE=(4*1024*1024)"]);
      const buffer = mapOf(opened, "rb").openBuffer();
      programOf(opened, "on_sys_enter").attach();
      const done = new Int32Array(new SharedArrayBuffer(4));
      const worker = new Worker(
        `for (let i = 0; i < 100_000; i++) process.getegid();
         require("node:worker_threads").workerData[0] = 1;`,
        { eval: true, workerData: done },
      );
      let next = 0n;
      let polls = 0;
      while (done[0] === 0 || polls === 0) next = drain(guest, buffer, next, 100, () => polls++);
      next = drain(guest, buffer, next, 0, () => polls++);

      guest.setU32(0, 0);
      assert.equal(mapOf(opened, ".data.traced").lookup(0, 3 * PAGE, 0), 0);
      const [submitted, lost] = [guest.u64(3 * PAGE), guest.u64(3 * PAGE + 8)];
      assert.equal(next, submitted, "all that were submitted arrived");
      // Node makes the call a few times for itself.
      assert.ok(submitted >= 100_000n && submitted < 100_100n, `${submitted} were submitted`);
      assert.equal(lost, 0n);
      assert.ok(polls > 10, `${polls} polls`);
      void worker.terminate();
    });
  });

  it("detaches when the object or the session closes", () => {
    const before = bpfDescriptors();
    const guest = new Guest(backend);
    const first = tracing(guest);
    const count = () => {
      guest.setU32(0, 0);
      assert.equal(mapOf(watching, ".data.traced").lookup(0, 1024, 0), 0);
      return guest.u64(1024);
    };
    // A second object counts, so that the first one's links are seen to do nothing more.
    const watching = tracing(guest);
    const loaded = bpfDescriptors();
    programOf(watching, "on_sys_enter").attach();
    process.getegid?.();
    assert.equal(count(), 1n);
    const links = attachesTwice(guest) ? 10 : 1;
    for (let i = 0; i < links; i++) programOf(first, "on_sys_enter").attach();
    assert.equal(bpfDescriptors().length, loaded.length + 1 + links);
    first.close();
    process.getegid?.();
    assert.equal(count(), 2n);
    guest.session.close();
    assert.deepEqual(bpfDescriptors(), before);
  });

  it("leaks no descriptor over 1,000 rounds of open, load, attach and close", () => {
    const round = (object: string, program: string) => {
      const guest = new Guest(backend);
      const opened = guest.load(compileTestObject(object));
      mapOf(opened, "rb").openBuffer();
      programOf(opened, program).attach();
      guest.session.close();
    };
    withGuest(backend, (guest) => {
      // A tracepoint's first and second user make the kernel wait for all CPUs; a third does not.
      for (let i = 0; i < 2; i++) programOf(tracing(guest), "on_sys_enter").attach();
      round("ring", "on_sys_enter");
      const before = descriptors();
      for (let i = 0; i < 1000; i++) round("ring", "on_sys_enter");
      for (let i = 0; i < 10; i++) round("attach", "on_exec");
      assert.deepEqual(descriptors(), before);
    });
  });

  it("says why a program cannot be attached by its section", () => {
    const source = (section: string) => `
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      SEC("${section}") int hook(void *context) { return 0; }
      char LICENSE[] SEC("license") = "GPL";`;
    for (const [section, code, message] of [
      ["tracepoint/no/such", "ENOENT", /no tracepoint no\/such/],
      ["raw_tracepoint/no_such", "ENOENT", /no raw tracepoint no_such/],
      ["xdp", "EOPNOTSUPP", /needs a network interface/],
      ["perf_event", "EOPNOTSUPP", /needs a perf event/],
      ["syscall", "EOPNOTSUPP", /run by test-run/],
      ["uprobe//no/such/file:main", "ENOENT", /\/no\/such\/file/],
      ["uprobe//bin/sh:no_such_function", "ENOENT", /no_such_function/],
    ] as const) {
      withGuest(backend, (guest) => {
        const opened = guest.load(compileSource(source(section), "hook"), "hooks");
        const error = throwsBpf(code, message, () => programOf(opened, "hook").attach());
        assert.match(error.message, /^cannot attach program 'hook' \(/);
        assert.equal(error.message.split("\n").length, 1);
      });
    }
  });

  it("does not attach before load, or after close", () => {
    withGuest(backend, ({ session }) => {
      const opened = session.openObject(compileTestObject("attach"), { name: "early" });
      const program = programOf(opened, "on_exec");
      throwsBpf("EBADF", /not loaded/, () => program.attach());
      opened.close();
      throwsBpf("EBADF", /closed/, () => program.attach());
    });
  });

  it("destroys links when a Worker is terminated", async () => {
    const before = bpfDescriptors();
    const worker = attachedWorker();
    assert.equal(await firstMessage(worker), 1000);
    assert.ok(bpfDescriptors().length > before.length + 5);
    await worker.terminate();
    assert.deepEqual(bpfDescriptors(), before);
  });

  it("serves several Workers at once", async () => {
    const before = bpfDescriptors();
    const workers = Array.from({ length: 3 }, attachedWorker);
    assert.deepEqual(await Promise.all(workers.map(firstMessage)), [1000, 1000, 1000]);
    await Promise.all(workers.map((worker) => worker.terminate()));
    assert.deepEqual(bpfDescriptors(), before);
  });
});

/** A thread that runs testing/attached-worker.ts, through tsx, which does not reach into Workers by itself. */
function attachedWorker(): Worker {
  const file = new URL("../testing/attached-worker.ts", import.meta.url).href;
  const source = `import("tsx/esm/api").then(({ register }) => (register(), import("${file}")));`;
  return new Worker(source, { eval: true });
}

function firstMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
