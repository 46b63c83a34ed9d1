import assert from "node:assert/strict";
import { kernelSuite } from "../support/kernel.js";
import { build, type Process } from "../support/wbpf.js";
import { Cgroup, Namespace } from "./support/place.js";
import { buildTarget, targetPath } from "./support/target.js";
import { atLeast, attached, fixture, guest, run } from "./support/tool.js";

/** Kinds of attaching, with the version of Linux that has them. Registering struct_ops is in structops.test.ts. */
const KINDS: Readonly<Record<string, string>> = {
  tracepoint: "4.7",
  raw_tp: "4.17",
  tp_btf: "5.5",
  kprobe: "4.1",
  // Debian's 6.1 is built without CONFIG_FPROBE.
  kprobe_multi: "6.12",
  ksyscall: "4.1",
  uprobe: "4.3",
  uprobe_multi: "6.6",
  usdt: "4.3",
  perf_event: "4.9",
  fentry: "5.5",
  fmod_ret: "5.7",
  lsm: "5.7",
  freplace: "5.10",
  iter: "5.8",
  xdp: "5.9",
  tc: "4.5",
  classic: "4.5",
  tcx: "6.6",
  netkit: "6.7",
  netfilter: "6.4",
  socket: "3.19",
  sk_lookup: "5.9",
  flow_dissector: "5.8",
  cgroup_skb: "4.10",
  connect4: "4.17",
  dev: "4.15",
  sockops: "4.13",
  sk_msg: "4.17",
  sk_skb: "4.14",
};

/** What kernels other than Debian's may refuse, even to root. */
const OFTEN_REFUSED = [
  ...["kprobe", "kprobe_multi", "ksyscall", "fentry", "fmod_ret", "lsm", "freplace", "netkit"],
];

kernelSuite("what is left when a module ends", function () {
  this.timeout(600_000);
  let net: Namespace;
  let cgroup: Cgroup;
  before(async () => {
    buildTarget();
    await build(fixture("ending"));
  });
  beforeEach(() => {
    net = new Namespace();
    cgroup = new Cgroup();
    try {
      net.ip("link", "add", "primary", "type", "netkit");
    } catch (error) {
      if (guest && atLeast(KINDS.netkit ?? "")) throw error;
    }
  });
  afterEach(async () => {
    net.close();
    await cgroup.close();
  });

  /** The ids of all programs that the kernel has. */
  async function programs(): Promise<Set<string>> {
    const ended = await run("ending", ["--end", "list"]);
    assert.equal(ended.code, 0, ended.stderr);
    return new Set(ended.stdout.trim().split("\n"));
  }

  /** Starts a module with a program of every kind attached; gives their ids by their kinds. */
  async function everything(end: string): Promise<{ tool: Process; ids: Map<string, string> }> {
    const places = ["--binary", targetPath, "--cgroup", cgroup.path, "--namespace", net.path];
    const kinds = Object.keys(KINDS).join(",");
    const args = ["--kinds", kinds, "--end", end, ...places];
    // To detach them all takes a slow machine longer than the grace period.
    const tool = await attached("ending", args, net.enter, ["--grace", "120000"]);
    const ids = new Map(
      [...tool.stdout.matchAll(/^(\w+) id=(\d+)$/gm)].map(([, kind = "", id = ""]) => [kind, id]),
    );
    for (const [kind, since] of Object.entries(KINDS)) {
      if (ids.has(kind)) continue;
      const why = new RegExp(`^${kind} refused: .*$`, "m").exec(tool.stdout)?.[0];
      assert.ok(!atLeast(since) || (!guest && OFTEN_REFUSED.includes(kind)), why ?? kind);
    }
    const there = await programs();
    for (const [kind, id] of ids) assert.ok(there.has(id), `${kind} is attached`);
    return { tool, ids };
  }

  /** The kinds of those programs that the kernel keeps. It lets go of some only after a moment (an RCU grace period, a worker of its own). */
  async function left(ids: ReadonlyMap<string, string>, expected = 0): Promise<string[]> {
    for (let attempt = 1; ; attempt++) {
      const there = await programs();
      const kinds = [...ids].filter(([, id]) => there.has(id)).map(([kind]) => kind);
      if (kinds.length <= expected || attempt === 20) return kinds;
    }
  }

  it("nothing, when it returns and has destroyed nothing", async () => {
    const { tool, ids } = await everything("return");
    const ended = await tool.stop();
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(await left(ids), []);
  });

  it("nothing, when it traps", async () => {
    const { tool, ids } = await everything("trap");
    assert.match((await tool.stop()).stderr, /trapped/);
    assert.deepEqual(await left(ids), []);
  });

  it("nothing, when it is ended where it stands", async () => {
    const { tool, ids } = await everything("loop");
    await tool.end();
    assert.deepEqual(await left(ids), []);
  });

  it("a classic filter alone, when the host is killed: as docs/abi.md says", async () => {
    const { tool, ids } = await everything("wait");
    assert.equal((await tool.stop("SIGKILL")).signal, "SIGKILL");
    const filters = atLeast(KINDS.tcx ?? "") ? ["classic"] : ["tc", "classic"];
    assert.deepEqual(await left(ids, filters.length), filters);
    net.run("tc", "qdisc", "del", "dev", "lo", "clsact");
    assert.deepEqual(await left(ids), []);
  });
});
