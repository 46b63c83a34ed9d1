import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../dist/capabilities/", import.meta.url));

/** A process with threads of every sort: of V8, of libuv's pool, a Worker, and some that are being made meanwhile. */
const SCRIPT = `
import { readdirSync, readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { pbkdf2 } from "node:crypto";
import { execFileSync } from "node:child_process";
import { dropCapabilities } from ${JSON.stringify(join(folder, "drop.js"))};
for (let i = 0; i < 4; i++) pbkdf2("a", "b", 1000, 64, "sha512", () => {});
const workers = [1, 2, 3].map(() => new Worker("setInterval(() => {}, 1000)", { eval: true }));
const sets = () => new Set(readdirSync("/proc/self/task").map((thread) => {
  const status = readFileSync("/proc/self/task/" + thread + "/status", "utf8");
  return [...status.matchAll(/^(?:Cap(?:Inh|Prm|Eff|Amb)|NoNewPrivs):\\s*(\\S+)$/gm)].map((m) => BigInt("0x" + m[1])).join();
}));
const before = [...sets()];
const threads = dropCapabilities(["CAP_BPF"]);
const bpf = [...sets()];
dropCapabilities([]);
const none = [...sets()];
const child = execFileSync("grep", ["CapEff", "/proc/self/status"], { encoding: "utf8" });
console.log(JSON.stringify({ before, threads, bpf, none, child }));
process.exit();
`;

describe("dropCapabilities", function () {
  this.timeout(60_000);

  it("takes them from every thread, and no child gets them back", function () {
    if (!existsSync(join(folder, "drop.js"))) return this.skip();
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", SCRIPT], {
      encoding: "utf8",
    });
    const { threads, bpf, none, child } = JSON.parse(out) as {
      threads: number;
      bpf: string[];
      none: string[];
      child: string;
    };
    assert.ok(threads >= 10, `${threads} threads`);
    // Inheritable, permitted, effective, ambient, no_new_privs; CAP_BPF is 39.
    const kept = process.getuid?.() === 0 ? 1n << 39n : 0n;
    assert.deepEqual(bpf, [`0,${kept},${kept},0,1`]);
    assert.deepEqual(none, ["0,0,0,0,1"]);
    assert.match(child, /^CapEff:\s*0{16}$/m);
  });
});
