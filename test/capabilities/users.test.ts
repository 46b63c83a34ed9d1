import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, type Process, root, start } from "../support/wbpf.js";
import { buildGuest } from "../wasm-bpf/support/guest.js";
import { PERF_FOR_ROOT } from "./support/perf.js";
import { type Name, settled, threadsOf } from "./support/threads.js";

/** A user that owns nothing and is in no group. */
const NOBODY = 65_534;

/** Runs what follows as that user, with these capabilities and no others. */
const asNobody = (names: readonly Name[]): string[] => {
  const list = names.map((name) => `+${name}`).join(",");
  return [
    "setpriv",
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    "--clear-groups",
    ...(list === "" ? [] : [`--inh-caps=${list}`, `--ambient-caps=${list}`]),
    "--",
  ];
};

/** What each example needs as an ordinary user, and what it prints when it is attached. */
const EXAMPLES: readonly {
  example: string;
  needs: readonly Name[];
  perf?: boolean;
  /** What it needs to its end. */
  keeps?: readonly Name[];
  /** `undefined`: nothing before it ends. */
  prints: RegExp | undefined;
}[] = [
  {
    example: "bootstrap",
    needs: ["bpf", "perfmon", "dac_read_search"],
    perf: true,
    prints: /TIME/,
  },
  { example: "execve", needs: ["bpf", "perfmon", "dac_read_search"], perf: true, prints: /\S/ },
  {
    example: "opensnoop",
    needs: ["bpf", "perfmon", "dac_read_search"],
    perf: true,
    prints: /\S/,
  },
  { example: "runqlat", needs: ["bpf", "perfmon"], prints: /Tracing/ },
  {
    example: "profile",
    needs: ["bpf", "perfmon", "syslog", "sys_ptrace"],
    perf: true,
    keeps: ["syslog", "sys_ptrace"],
    prints: undefined,
  },
];

kernelSuite("ordinary users", function () {
  this.timeout(240_000);

  for (const { example, needs, perf, keeps = [], prints } of EXAMPLES) {
    it(`run ${example} with ${needs.join(", ")}, and with ${keeps.join(", ") || "nothing"} once it is attached`, async function () {
      if (perf && PERF_FOR_ROOT) {
        if (this.test) this.test.title += " (skipped: kernel.perf_event_paranoid is 3)";
        return this.skip();
      }
      const folder = join(root, "examples", example);
      await build(folder);
      const policy = join(folder, `${example}.policy.yaml`);
      const grant = existsSync(policy) ? ["--policy", policy] : ["--allow-all"];
      const wasm = join(folder, "build", `${example}.wasm`);
      const tool = start(["run", ...grant, wasm], { through: asNobody(needs) });
      if (prints !== undefined) await tool.printed(prints);
      const { pid } = tool.child;
      await settled(pid as number, keeps);
      const ended = await tool.stop();
      assert.equal(ended.code, 0, ended.stderr);
    });
  }

  const tool = (names: readonly Name[], object: string, ...args: string[]): Process => {
    const guest = buildGuest("stages", { object });
    return start(["run", "--allow-all", guest, "1", ...args], { through: asNobody(names) });
  };

  it("are told which capability is missing, and the command that gives it", async () => {
    const none = await tool([], "bootstrap", "handle_exec", "", "rb").ended;
    assert.equal(none.code, 1);
    assert.match(
      none.stderr,
      /lacks CAP_BPF and CAP_PERFMON: run it as root, or with `sudo setpriv/,
    );
    assert.match(none.stderr, /--ambient-caps=\+bpf,\+perfmon`/);

    const half = await tool(["bpf", "perfmon"], "bootstrap", "handle_exec", "", "rb").ended;
    assert.match(half.stderr, /tracefs cannot be read.*lacks CAP_DAC_READ_SEARCH.*setpriv/);

    const filter = await tool(["bpf"], "sockfilter", "socket_handler", "lo", "rb").ended;
    assert.match(filter.stderr, /lacks CAP_NET_RAW.*--ambient-caps=\+net_raw/);
  });

  it("filter packets with bpf and net_raw alone", async () => {
    const filter = tool(["bpf", "net_raw"], "sockfilter", "socket_handler", "lo", "rb");
    await filter.printed(/READY/);
    await settled(filter.child.pid as number, []);
    for (const { ambient } of threadsOf(filter.child.pid as number)) assert.equal(ambient, 0n);
    assert.equal((await filter.stop()).code, 0);
  });
});
