import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { throwsBpf } from "../conformance/objects.js";
import { compileSource, compileTestObject } from "../testing/compile.js";
import { inspectObject } from "./inspect.js";

describe("inspectObject", () => {
  it("tells what an object declares", () => {
    const { license, maps, programs } = inspectObject(compileTestObject("rich"), "rich");
    assert.equal(license, "GPL");
    assert.deepEqual(
      programs.map(({ instructions, ...program }) => {
        assert.ok(instructions > 0);
        return program;
      }),
      [
        {
          name: "rich",
          section: "raw_tracepoint/sys_enter",
          type: "raw_tracepoint",
          attachType: undefined,
          autoload: true,
        },
        {
          name: "plain",
          section: "syscall",
          type: "syscall",
          attachType: undefined,
          autoload: true,
        },
        {
          name: "optional",
          section: "fentry/do_unlinkat",
          type: "tracing",
          attachType: "trace_fentry",
          autoload: false,
        },
      ].sort((a, b) => order(programs, a.name) - order(programs, b.name)),
    );
    assert.deepEqual(
      maps.find(({ name }) => name === "outer"),
      {
        name: "outer",
        type: "array_of_maps",
        keySize: 4,
        valueSize: 4,
        maxEntries: 2,
        flags: 0,
        pinned: false,
      },
    );
    const names = maps.map(({ name }) => name);
    for (const name of [".rodata", ".rodata.format", ".data.table", ".bss", ".kconfig"]) {
      assert.ok(names.includes(name), name);
    }
  });

  it("names the attach type that has number 0", () => {
    const source = `
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, int);
               __type(value, int); __uint(pinning, LIBBPF_PIN_BY_NAME); } shared SEC(".maps");
      SEC("cgroup_skb/ingress") int ingress(void *context) { return 1; }`;
    const { license, maps, programs } = inspectObject(compileSource(source, "ingress"));
    assert.equal(license, "");
    assert.equal(programs[0]?.attachType, "cgroup_inet_ingress");
    assert.equal(maps[0]?.pinned, true);
  });

  it("says that maps need BTF", () => {
    throwsBpf("EINVAL", /'bare': it has no BTF.*clang -g/, () =>
      inspectObject(compileSource(MAP_ONLY, "bare", ["-g0"]), "bare"),
    );
  });

  it("needs no privilege, and without any a load says what is lacking", function () {
    if (process.getuid?.() !== 0) this.skip();
    const folder = mkdtempSync(join(tmpdir(), "wbpf-nobody-"));
    const host = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
    const script = join(host, "src/backend/testing/unprivileged.ts");
    try {
      // The user need not be able to read the object's cache.
      writeFileSync(join(folder, "object"), compileTestObject("attach"), { mode: 0o644 });
      cpSync(folder, `${folder}-copy`, { recursive: true });
      const drop = ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"];
      const node = [process.execPath, "--import=tsx", script, join(`${folder}-copy`, "object")];
      spawnSync("chmod", ["755", `${folder}-copy`]);
      const run = spawnSync("setpriv", [...drop, ...node], { encoding: "utf8", cwd: host });
      assert.equal(run.stderr, "");
      assert.deepEqual(JSON.parse(run.stdout), {
        programs: ["on_exec"],
        code: "EPERM",
        message:
          "cannot load BPF object 'attach': this process lacks CAP_BPF and CAP_PERFMON: run it as root, or with `sudo setpriv --reuid=$USER --regid=$USER --init-groups --inh-caps=+bpf,+perfmon --ambient-caps=+bpf,+perfmon` before the command (EPERM)",
      });
    } finally {
      rmSync(folder, { recursive: true });
      rmSync(`${folder}-copy`, { recursive: true });
    }
  });
});

const MAP_ONLY = `
  #include <linux/bpf.h>
  #include <bpf/bpf_helpers.h>
  struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, int);
           __type(value, int); } map SEC(".maps");`;

const order = (programs: readonly { name: string }[], name: string) =>
  programs.findIndex((program) => program.name === name);
