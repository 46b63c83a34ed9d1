import assert from "node:assert/strict";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, cli, Process, root, start, wbpf } from "../support/wbpf.js";

const folder = join(root, "test/fixtures/live");
const module = join(folder, "build/live.wasm");

/** What the module prints when all that it expects came true. */
const lines = (live: boolean): string[] => [
  `live data ${live} bss ${live} array ${live}`,
  "tick",
  "tick",
  "started true grew true seen 1",
  "tick",
  "step true",
  "tick",
  "calls grew true",
  "spare 0 6",
  "outside -7 true",
  "destroyed, counter kept true",
];

kernelSuite("a module with live maps", () => {
  before(async function () {
    this.timeout(180_000);
    await build(folder);
  });

  it("shares .data, .bss and a mmapable array with its BPF program by loads and stores", async () => {
    const { code, stdout, stderr } = await wbpf(["run", module]);
    assert.equal(stderr, "");
    assert.deepEqual(stdout.trimEnd().split("\n"), lines(true));
    assert.equal(code, 0);
  });

  it("does the same by calls where the address space is limited, and says so with --verbose", async () => {
    // A limit that only V8's reservation for a memory notices, in KiB.
    const limited = new Process("sh", [
      "-c",
      `ulimit -v 1000000000 && exec "${process.execPath}" "${cli}" run --allow-all --verbose "${module}"`,
    ]);
    const { code, stdout, stderr } = await limited.ended;
    assert.deepEqual(stdout.trimEnd().split("\n"), lines(false));
    assert.match(stderr, /^cannot map '\.data' into the module's memory: .*ulimit -v/m);
    assert.match(stderr, /reaches the map by calls of the kernel/);
    assert.equal(code, 0);
  });

  it("ends cleanly while maps stand in its memory, whether it is asked or killed", async () => {
    const asked = start(["run", module, "--hold", "60000"]);
    await asked.printed(/outside/);
    assert.deepEqual(await asked.stop("SIGINT").then(({ code, stderr }) => ({ code, stderr })), {
      code: 0,
      stderr: "",
    });
    const killed = start(["run", "--grace", "0", module, "--hold", "60000"]);
    await killed.printed(/outside/);
    const { code, signal, stderr } = await killed.stop("SIGTERM");
    assert.equal(signal, null);
    assert.ok(code === 0 || code === 143, `code ${code}: ${stderr}`);
  });
});
