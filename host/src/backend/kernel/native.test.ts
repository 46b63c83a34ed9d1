import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { throwsBpf } from "../conformance/objects.js";
import { StopSignal } from "../stop.js";
import { KernelBackend } from "./kernel-backend.js";
import { loadAddon, native } from "./native.js";

const memory = () => new WebAssembly.Memory({ initial: 1, maximum: 2 });

/** What creating a session says with that libbpf: the library is chosen once a process. */
function sessionWith(libbpf: string): string {
  const backend = JSON.stringify(new URL("./kernel-backend.js", import.meta.url).href);
  const script = `import(${backend}).then(({ KernelBackend }) => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    try { new KernelBackend().createSession({ memory, stopFd: -1 }); console.log("ok"); }
    catch (error) { console.log(error.code + ": " + error.message); }
  });`;
  const run = spawnSync(process.execPath, ["--import=tsx", "--eval", script], {
    encoding: "utf8",
    env: { ...process.env, WBPF_LIBBPF: libbpf },
  });
  return run.stdout.trim() + run.stderr;
}

describe("the addon", () => {
  const folder = mkdtempSync(join(tmpdir(), "wbpf-native-"));
  after(() => rmSync(folder, { recursive: true }));

  it("knows libbpf's version", () => {
    assert.match(native().libbpfVersion(), /^v1\.\d+/);
  });

  it("says how to get it when it is absent, or cannot be loaded", () => {
    throwsBpf("ENOENT", /addon for linux-\w+ is missing .*make -C host\/addon/, () =>
      loadAddon(folder),
    );
    const place = join(folder, `${process.platform}-${process.arch}`);
    mkdirSync(place);
    writeFileSync(join(place, "wbpf.node"), "not a library");
    throwsBpf("ENOEXEC", /could not be loaded.*make -C host\/addon/, () => loadAddon(folder));
  });

  it("says how to get libbpf when it is absent, no library, or too old", () => {
    assert.equal(
      sessionWith("/no/such/libbpf.so"),
      "ENOENT: libbpf was not found at /no/such/libbpf.so, which WBPF_LIBBPF names: correct or unset it",
    );
    writeFileSync(
      join(folder, "text.so"),
      "not a library, but long enough to be looked into by ld.so",
    );
    assert.match(
      sessionWith(join(folder, "text.so")),
      /^ENOENT: .*text\.so could not be used: .*apt-get install libbpf1/,
    );
    const old = join(folder, "libbpf-old.so");
    const source = `unsigned libbpf_major_version(void) { return 0; }
      const char *libbpf_version_string(void) { return "v0.8"; }`;
    execFileSync("gcc", ["-shared", "-fPIC", "-x", "c", "-o", old, "-"], { input: source });
    assert.match(
      sessionWith(old),
      /^ENOENT: .*libbpf-old\.so \(v0\.8\) is too old: .*libbpf 1\.0.*apt-get install libbpf1/,
    );
    assert.equal(sessionWith("libbpf.so.1"), "ok");
    assert.equal(sessionWith(""), "ok");
  });

  it("refuses a stop descriptor that is not open, and a shared memory", () => {
    throwsBpf("EBADF", /12345/, () =>
      new KernelBackend().createSession({ memory: memory(), stopFd: 12345 }),
    );
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    throwsBpf("EINVAL", /shared/, () =>
      new KernelBackend().createSession({ memory: shared, stopFd: -1 }),
    );
  });

  it("keeps a stop signal's descriptor to this process", () => {
    const stop = new StopSignal();
    const inherited = execFileSync("ls", ["/proc/self/fd"], { encoding: "utf8" }).split("\n");
    assert.ok(stop.fd > 2);
    assert.ok(!inherited.includes(String(stop.fd)) || stop.fd < 4);
    stop.close();
  });
});
