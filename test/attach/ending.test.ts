import assert from "node:assert/strict";
import { kernelSuite } from "../support/kernel.js";
import { build } from "../support/wbpf.js";
import { Namespace } from "./support/place.js";
import { atLeast, attached, fixture, run } from "./support/tool.js";

const PORT = 7001;

kernelSuite("what is left when a module ends", function () {
  this.timeout(180_000);
  let net: Namespace;
  before(() => build(fixture("net")));
  beforeEach(() => {
    net = new Namespace();
  });
  afterEach(() => net.close());

  const args = (kind: string, ...more: string[]) => [
    ...["--kind", kind, "--at", "lo", "--port", String(PORT), ...more],
  ];
  /** What `ip` and `tc` show of programs on the loopback. */
  const left = (): string =>
    [
      /prog\/xdp.*$/m.exec(net.ip("-d", "link", "show", "lo"))?.[0] ?? "",
      net.run("tc", "filter", "show", "dev", "lo", "egress").trim(),
    ].join("");

  for (const kind of ["xdp", "classic"]) {
    it(`${kind}: nothing, when it returns and has destroyed nothing`, async () => {
      const tool = await attached("net", args(kind, "--end", "leave"), net.enter);
      assert.notEqual(left(), "");
      await tool.stop();
      assert.equal(left(), "");
      assert.equal(await net.probe("udp", PORT), "received");
    });

    it(`${kind}: nothing, when it traps`, async () => {
      const ended = await run("net", args(kind, "--end", "trap"), net.enter);
      assert.match(ended.stderr, /trapped/);
      assert.equal(left(), "");
    });

    it(`${kind}: nothing, when it is ended where it stands`, async () => {
      const tool = await attached("net", args(kind, "--end", "loop"), net.enter);
      assert.notEqual(left(), "");
      tool.child.kill("SIGINT");
      tool.child.kill("SIGINT");
      await tool.ended;
      assert.equal(left(), "");
    });
  }

  it("nothing that a link holds, when the host is killed", async () => {
    for (const kind of atLeast("6.6") ? ["xdp", "tc"] : ["xdp"]) {
      const tool = await attached("net", args(kind), net.enter);
      await tool.stop("SIGKILL");
      assert.equal(await net.probe("udp", PORT), "received");
    }
    assert.equal(left(), "");
  });

  it("a classic filter, when the host is killed: as docs/abi.md says", async () => {
    const tool = await attached("net", args("classic"), net.enter);
    await tool.stop("SIGKILL");
    assert.match(left(), /direct-action/);
  });
});
