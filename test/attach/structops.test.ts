import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { kernelSuite } from "../support/kernel.js";
import { build } from "../support/wbpf.js";
import { atLeast, attached, fixture } from "./support/tool.js";

/** Whether the kernel has the fixture's congestion control. Letting go of one takes a moment (an RCU grace period). */
const registered = (): boolean =>
  readFileSync("/proc/sys/net/ipv4/tcp_available_congestion_control", "utf8").includes("wbpf_test");

async function unregistered(): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (!registered()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

kernelSuite("registering callbacks with the kernel (struct_ops)", function () {
  this.timeout(180_000);
  before(() => build(fixture("structops")));

  it("registers a congestion control until the module ends", async () => {
    assert.equal(registered(), false);
    const tool = await attached("structops", []);
    assert.equal(registered(), true);
    const ended = await tool.stop();
    assert.equal(ended.code, 0, ended.stderr);
    assert.ok(await unregistered());
  });

  it("lets go of it when the module does not", async () => {
    const tool = await attached("structops", ["--end", "leave"]);
    assert.equal(registered(), true);
    await tool.stop();
    assert.ok(await unregistered());
  });

  it("lets go of it when the module traps", async () => {
    const tool = await attached("structops", ["--end", "trap"]);
    assert.match((await tool.stop()).stderr, /trapped/);
    assert.ok(await unregistered());
  });

  it("lets go of it when the module is ended where it stands", async () => {
    const tool = await attached("structops", ["--end", "loop"]);
    assert.equal(registered(), true);
    await tool.end();
    assert.ok(await unregistered());
  });

  it("lets go of it when the host is killed, where the kernel has links for it", async function () {
    if (!atLeast("6.4")) this.skip();
    const tool = await attached("structops", []);
    await tool.stop("SIGKILL");
    assert.ok(await unregistered());
  });
});
