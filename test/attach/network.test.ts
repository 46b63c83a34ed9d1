import assert from "node:assert/strict";
import { kernelSuite } from "../support/kernel.js";
import { build } from "../support/wbpf.js";
import { Namespace } from "./support/place.js";
import { atLeast, attached, fixture, guest, numbersOf, refused } from "./support/tool.js";

const PORT = 7001;
const port = ["--port", String(PORT)];

kernelSuite("attaching to where packets pass", function () {
  this.timeout(180_000);
  let net: Namespace;
  before(() => build(fixture("net")));
  beforeEach(() => {
    net = new Namespace();
  });
  afterEach(() => net.close());

  /** A program that drops what is sent to the port: while it is attached, and no longer. */
  async function drops(kind: string, place: readonly string[], lost = "lost"): Promise<void> {
    assert.equal(await net.probe("udp", PORT), "received");
    const tool = await attached("net", ["--kind", kind, ...place, ...port], net.enter);
    assert.equal(await net.probe("udp", PORT), lost);
    const { runs = 0 } = await numbersOf(tool);
    assert.ok(runs >= 1, `${runs} runs`);
    assert.equal(await net.probe("udp", PORT), "received");
  }

  const loopback = ["--at", "lo"];

  for (const [kind, since] of [
    ["xdp", "5.9"],
    ["tc", "4.5"],
    ["classic", "4.5"],
    ["tcx_ingress", "6.6"],
    ["tcx_egress", "6.6"],
    ["netfilter", "6.4"],
  ] as const) {
    it(`${kind}: drops packets`, async function () {
      if (atLeast(since)) return drops(kind, loopback);
      await refused(
        "net",
        ["--kind", kind, ...loopback],
        new RegExp(`Linux \\d.* needs ${since} or newer`),
        net.enter,
      );
      this.skip();
    });
  }

  it("netkit: is refused where the interface is none", () =>
    refused("net", ["--kind", "netkit", ...loopback], /^cannot (load|attach) .*netkit/, net.enter));

  it("netkit: drops what is sent into the primary device", async function () {
    try {
      net.ip("link", "add", "primary", "type", "netkit");
    } catch (error) {
      // Since Linux 6.7, and Debian's kernels have what is in their version.
      if ((guest && atLeast("6.7")) || !/Unknown device type/.test(String(error))) throw error;
      if (this.test) this.test.title += " (skipped: this kernel has no netkit)";
      this.skip();
    }
    const far = new Namespace();
    const answering = far.start("answer", PORT);
    try {
      // The kernel names the other end.
      net.ip("link", "set", "nk0", "netns", far.name);
      for (const [place, name, address] of [
        [net, "primary", "192.0.2.1/24"],
        [far, "nk0", "192.0.2.2/24"],
      ] as const) {
        place.ip("address", "add", address, "dev", name);
        place.ip("link", "set", name, "up");
      }
      await answering.printed(/^listening$/m);
      assert.equal(await net.probe("ask", PORT), "received");
      const tool = await attached(
        "net",
        ["--kind", "netkit", "--at", "primary", ...port],
        net.enter,
      );
      assert.match(tool.stdout, /^link type=13 /m);
      assert.equal(await net.probe("ask", PORT), "lost");
      assert.equal((await numbersOf(tool)).runs, 1);
      assert.equal(await net.probe("ask", PORT), "received");
    } finally {
      await answering.stop();
      far.close();
    }
  });

  it("socket filter: sees packets, and takes none away", async () => {
    const tool = await attached("net", ["--kind", "socket", ...loopback], net.enter);
    assert.equal(await net.probe("udp", PORT), "received");
    const { runs = 0 } = await numbersOf(tool);
    assert.ok(runs >= 1, `${runs} runs`);
  });

  it("sk_lookup: hides a listener", async () => {
    assert.equal(await net.probe("tcp", PORT), "received");
    const place = ["--kind", "sk_lookup", "--at", net.path];
    // From outside: the namespace is named by its path.
    const tool = await attached("net", [...place, ...port]);
    assert.equal(await net.probe("tcp", PORT), "ECONNREFUSED");
    assert.ok(((await numbersOf(tool)).runs ?? 0) >= 1);
    assert.equal(await net.probe("tcp", PORT), "received");
  });

  it("flow dissector: is the namespace's only one", async () => {
    const place = ["--kind", "flow_dissector", "--at", net.path];
    const tool = await attached("net", place);
    assert.match(tool.stdout, /^link type=5 target=\d+$/m);
    await refused("net", place, /the namespace has such a program already/);
    await numbersOf(tool);
    await numbersOf(await attached("net", place));
  });

  it("xdp: puts another program in the place of the first, with no gap", async () => {
    const tool = await attached(
      "net",
      ["--kind", "xdp", ...loopback, ...port, "--end", "update"],
      net.enter,
    );
    assert.equal(await net.probe("udp", PORT), "received");
    assert.ok(((await numbersOf(tool)).runs ?? 0) >= 1);
  });

  it("xdp: detaches a link that stays open", async () => {
    const tool = await attached(
      "net",
      ["--kind", "xdp", ...loopback, ...port, "--end", "detach"],
      net.enter,
    );
    assert.equal(await net.probe("udp", PORT), "received");
    assert.equal((await numbersOf(tool)).runs, 0);
  });

  it("says what is wrong with a place", async () => {
    const at = (kind: string, place: string) => ["--kind", kind, "--at", place];
    await refused(
      "net",
      at("xdp", "l0"),
      /^there is no network interface 'l0'; did you mean 'lo'\? \(ENODEV\)$/,
      net.enter,
    );
    await refused(
      "net",
      at("sk_lookup", "/run/netns/none"),
      /network namespace '\/run\/netns\/none': there is no such file/,
    );
    await refused(
      "net",
      at("sk_lookup", "/etc/passwd"),
      /'\/etc\/passwd': that is not a network namespace/,
    );
    const first = await attached("net", at("xdp", "lo"), net.enter);
    await refused(
      "net",
      at("xdp", "lo"),
      /interface 'lo': the interface has .*already \((EBUSY|EEXIST)\)$/,
      net.enter,
    );
    await first.stop();
  });
});
