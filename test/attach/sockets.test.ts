import assert from "node:assert/strict";
import { kernelSuite } from "../support/kernel.js";
import { build } from "../support/wbpf.js";
import { Cgroup, Namespace } from "./support/place.js";
import { attached, fixture, numbersOf, refused } from "./support/tool.js";

const PORT = 7001;
const OTHER = 7002;

kernelSuite("attaching to cgroups and sockets", function () {
  this.timeout(180_000);
  let net: Namespace;
  let cgroup: Cgroup;
  before(() => build(fixture("net")));
  beforeEach(() => {
    net = new Namespace();
    cgroup = new Cgroup();
  });
  afterEach(async () => {
    net.close();
    await cgroup.close();
  });

  const args = (kind: string, at: string) => [
    ...["--kind", kind, "--at", at, "--port", String(PORT), "--other-port", String(OTHER)],
  ];

  for (const [kind, what, mode, without, meanwhile, other] of [
    ["cgroup_skb", "drops what is sent", "udp", "received", "EPERM", 0],
    ["connect4", "leads a connection elsewhere", "tcp", "ECONNREFUSED", "received", OTHER],
    ["sock_create", "lets no socket be made", "make-socket", "made", "EPERM", 0],
    ["dev", "lets no device be opened", "open-device", "opened", "EPERM", 0],
    ["sysctl", "lets no setting be written", "write-sysctl", "written", "EPERM", 0],
    ["getsockopt", "changes what a socket says of itself", "buffer-size", undefined, "4711", 0],
    ["sockops", "sees connections", "tcp", "received", "received", 0],
    ["sk_msg", "refuses what is sent", "tcp", "received", "EACCES", 0],
    ["sk_skb", "drops what arrives", "tcp", "received", "lost", 0],
  ] as const) {
    it(`${kind}: ${what}`, async () => {
      const probe = (): Promise<string> => net.probe(mode, PORT, other, cgroup.path);
      const before = await probe();
      if (without !== undefined) assert.equal(before, without);
      assert.notEqual(before, kind === "sockops" ? "" : meanwhile);
      const tool = await attached("net", args(kind, cgroup.path));
      assert.equal(await probe(), meanwhile);
      assert.ok(((await numbersOf(tool)).runs ?? 0) >= 1);
      assert.equal(await probe(), before);
    });
  }

  it("leaves other cgroups alone", async () => {
    const tool = await attached("net", args("cgroup_skb", cgroup.path));
    assert.equal(await net.probe("udp", PORT), "received");
    assert.equal((await numbersOf(tool)).runs, 0);
  });

  it("takes a path below where cgroups are mounted", async () => {
    const name = cgroup.path.slice(cgroup.path.lastIndexOf("/") + 1);
    const tool = await attached("net", args("sock_create", name));
    assert.equal(await net.probe("make-socket", 0, 0, cgroup.path), "EPERM");
    await numbersOf(tool);
  });

  it("says what is wrong with a path", async () => {
    await refused(
      "net",
      args("sysctl", `${cgroup.path}/none`),
      /\/none': there is no such cgroup \(ENOENT\)$/,
    );
    await refused(
      "net",
      args("sysctl", "/tmp"),
      /cgroup '\/tmp': that is not a cgroup \(version 2\) \(EBADF\)$/,
    );
    await refused(
      "net",
      args("sysctl", "/etc/passwd"),
      /that is not a cgroup \(version 2\) \(ENOTDIR\)$/,
    );
  });
});
