import assert from "node:assert/strict";
import { join } from "node:path";
import { Namespace } from "../attach/support/place.js";
import { atLeast } from "../attach/support/tool.js";
import { kernelSuite } from "../support/kernel.js";
import { build, type Process, root, start, wbpf } from "../support/wbpf.js";
import { buildGuest } from "../wasm-bpf/support/guest.js";
import { PERF_FOR_ROOT } from "./support/perf.js";
import { type Name, othersThan, settled, threadsOf } from "./support/threads.js";

const fixture = join(root, "test/fixtures/capabilities");
const wasm = join(fixture, "build/capabilities.wasm");

const pidOf = ({ child }: Process): number => child.pid as number;

/** Capabilities of every thread before anything is attached: a module that waits a little before it does, or longer where this process was not fast enough to look. */
async function beforeAttach(
  begin: (ms: number) => Process,
  expected: readonly Name[],
): Promise<Process> {
  for (let ms = 1500; ; ms *= 2) {
    const tool = begin(ms);
    await tool.printed(/STARTED/);
    const others = othersThan(pidOf(tool), expected);
    if (!tool.stdout.includes("READY")) {
      assert.deepEqual(others, []);
      return tool;
    }
    await tool.stop();
    assert.ok(ms < 60_000, "never saw it before it attached");
  }
}

kernelSuite("capabilities of wbpf run", function () {
  this.timeout(180_000);

  const kinds: readonly {
    kind: string;
    object: string;
    program: readonly string[];
    needs: readonly Name[];
    after?: readonly Name[];
    veth?: boolean;
  }[] = [
    {
      kind: "a tracepoint",
      object: "execve",
      program: ["enter_execve", "", "events"],
      needs: PERF_FOR_ROOT ? ["bpf", "perfmon", "sys_admin"] : ["bpf", "perfmon"],
    },
    {
      kind: "XDP",
      object: "xdp_pass",
      program: ["pass", "near"],
      needs: ["bpf", "net_admin", "perfmon"],
      veth: true,
    },
    {
      kind: "tc, in an object with programs that a module of the wasm_bpf ABI may still attach",
      object: "targets",
      program: ["on_tc", "near"],
      needs: ["bpf", "net_admin", "perfmon"],
      after: ["bpf", "net_admin", "perfmon"],
      veth: true,
    },
    {
      kind: "a socket filter",
      object: "sockfilter",
      program: ["socket_handler", "lo", "rb"],
      needs: ["bpf", "net_raw", "perfmon"],
    },
  ];
  for (const { kind, object, program, needs, after = [], veth } of kinds) {
    it(`${kind}: every thread has ${needs.join(" and ")} before the module runs, and ${after.join(" and ") || "none"} once it waits`, async () => {
      const namespace = veth ? new Namespace() : undefined;
      try {
        namespace?.ip("link", "add", "near", "type", "veth", "peer", "name", "far");
        const tool = await beforeAttach((ms) => {
          const args = ["run", buildGuest("stages", { object }), String(ms), ...program];
          return start(args, { through: namespace?.enter ?? [] });
        }, needs);
        await tool.printed(/READY/);
        await settled(pidOf(tool), after);
        assert.ok(threadsOf(pidOf(tool)).length > 5, "Node has threads of its own");
        for (const { bounding } of threadsOf(pidOf(tool))) assert.equal(bounding, 0n);
        const ended = await tool.stop();
        assert.equal(ended.code, 0, ended.stderr);
        assert.equal(namespace?.ip("link", "show", "near").includes("prog/xdp") ?? false, false);
      } finally {
        namespace?.close();
      }
    });
  }

  it("a module that does nothing with BPF: none from the start", async () => {
    const tool = start(["run", buildGuest("sleeper", { object: "xdp" })]);
    await tool.printed(/STARTED/);
    assert.deepEqual(othersThan(pidOf(tool), []), []);
    await tool.stop();
  });

  it("--keep-capabilities keeps all, --verbose says which are kept and what for", async () => {
    const stages = buildGuest("stages", { object: "xdp" });
    const kept = start(["run", "--keep-capabilities", stages, "20000"]);
    await kept.printed(/STARTED/);
    const all = threadsOf(process.pid)[0]?.permitted;
    for (const thread of threadsOf(pidOf(kept))) assert.equal(thread.permitted, all);
    await kept.stop();

    const told = start(["run", "--verbose", stages, "20000"]);
    await told.printed(/STARTED/);
    await told.stop();
    assert.match(told.stderr, /^wbpf: keeps CAP_BPF until it has attached, to load programs/m);
    assert.match(told.stderr, /^wbpf: keeps CAP_NET_ADMIN until it has attached, to .*network/m);
    assert.match(told.stderr, /^wbpf: gives up all other Linux capabilities$/m);
  });

  describe("a module that says when", () => {
    before(() => build(fixture));

    it("attaches after it has waited, and all that it holds goes on working without capabilities", async () => {
      const tool = start(["run", wasm, "--folder", "/sys/fs/bpf"]);
      await tool.printed(/^as it should be$/m);
      // It freezes a map, for which the kernel asked before 6.5.
      assert.deepEqual(othersThan(pidOf(tool), atLeast("6.5") ? [] : ["bpf"]), []);
      const ended = await tool.stop();
      assert.equal(ended.stderr + ended.stdout, "waited\ndropped\nas it should be\n");
      assert.equal(ended.code, 0);
    });

    it("is told why it cannot attach any more", async () => {
      const ended = await wbpf(["run", wasm, "--again"]);
      assert.match(ended.stderr, /gave up (CAP_BPF and )?CAP_PERFMON.*privileges\.drop\(\)/);
    });
  });
});
