import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { kernelSuite } from "../support/kernel.js";
import { build, Process } from "../support/wbpf.js";
import { fixture, guest } from "./support/tool.js";

const killer = fileURLToPath(new URL("support/killer.mjs", import.meta.url));
const host = new URL("../../host/dist/index.js", import.meta.url).href;
const TIMES = guest ? 10 : 100;
/** To load takes a while, and each time to its end. */
const LOADS = guest ? 5 : 20;

kernelSuite("killing a module at any moment", function () {
  this.timeout(180_000);
  before(() => build(fixture("control")));

  async function kill(times: number, from: number, until: number): Promise<void> {
    const wasm = `${fixture("control")}/build/control.wasm`;
    const args = [killer, host, wasm, ...[times, from, until].map(String)];
    const ended = await new Process(process.execPath, args, { limitMs: 170_000 }).ended;
    assert.equal(ended.stderr, "");
    assert.equal(ended.signal, null);
    assert.equal(ended.code, 0);
    assert.deepEqual(JSON.parse(ended.stdout), { killed: times, endedItself: [], left: [] });
  }

  it(`leaves the host alive and nothing in the kernel, ${TIMES} times, while the module opens, loads, attaches and asks`, () =>
    kill(TIMES, 40, 160));

  it(`leaves the host none of the files open that it loads for the module, ${LOADS} times`, () =>
    kill(LOADS, 20, 200));
});
