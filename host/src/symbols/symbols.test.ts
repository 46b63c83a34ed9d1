import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { kernelSuite } from "../../../test/support/kernel.js";
import { temporaryFolder } from "../testing/built.js";
import { kernelSymbols } from "./kernel.js";
import { openByPath } from "./open-mapped.js";
import { ProcessSymbols } from "./process.js";

const addresses = (...all: bigint[]) => BigUint64Array.from(all);

kernelSuite("kernelSymbols", () => {
  it("finds functions by an address inside of them, and nothing elsewhere", () => {
    const lines = readFileSync("/proc/kallsyms", "utf8").split("\n");
    const line = lines.find((text) => / T schedule$/.test(text));
    assert.ok(line !== undefined);
    const start = BigInt(`0x${line.split(" ")[0]}`);
    const [at, inside, none, zero] = kernelSymbols(addresses(start, start + 5n, 4096n, 0n));
    assert.deepEqual(at, { name: "schedule", offset: 0n, file: "", fileOffset: 0n });
    assert.equal(inside?.offset, 5n);
    assert.equal(none, undefined);
    assert.equal(zero, undefined);
  });
});

describe("ProcessSymbols", () => {
  const { path, put } = temporaryFolder();
  const PROGRAM = `
    #include <stdio.h>
    #include <unistd.h>
    __attribute__((noinline)) int known_to_the_test(int n) { return n * 3 + getpid(); }
    int main(int argc, char **argv) { printf("%p\\n", (void *)known_to_the_test); fflush(stdout); return pause() + known_to_the_test(argc); }`;

  /** Builds the program, starts it and reads where its function is. */
  async function started(name: string, ...flags: string[]) {
    execFileSync("gcc", ["-O1", "-o", path(name), put(`${name}.c`, PROGRAM), ...flags]);
    return start(path(name));
  }
  async function start(file: string) {
    const child = spawn(file, { stdio: ["ignore", "pipe", "ignore"] });
    const [text] = await once(child.stdout, "data");
    return { child, pid: child.pid as number, address: BigInt(String(text).trim()) };
  }

  for (const [kind, flags] of [
    ["position-independent", ["-pie", "-fPIE"]],
    ["fixed", ["-no-pie", "-fno-pie"]],
    ["static", ["-static"]],
  ] as const) {
    it(`finds functions of a ${kind} program, and of its libraries`, async () => {
      const { child, pid, address } = await started(`tool-${kind}`, ...flags);
      try {
        const symbols = new ProcessSymbols(() => true);
        const [at, inside, none] = symbols.find(pid, addresses(address, address + 2n, 8n));
        assert.equal(at?.name, "known_to_the_test");
        assert.equal(at?.file, path(`tool-${kind}`));
        assert.deepEqual([inside?.name, inside?.offset], ["known_to_the_test", 2n]);
        assert.equal(none, undefined);
        const [denied] = new ProcessSymbols(() => false).find(pid, addresses(address));
        assert.equal(denied, undefined);
      } finally {
        child.kill();
      }
    });
  }

  it("finds what has dynamic symbols only, and the file where there is no symbol at all", async () => {
    const { child, pid, address } = await started("stripped", "-s", "-rdynamic");
    try {
      assert.equal(
        new ProcessSymbols(() => true).find(pid, addresses(address))[0]?.name,
        "known_to_the_test",
      );
    } finally {
      child.kill();
    }
    const bare = await started("bare", "-s");
    try {
      const [found] = new ProcessSymbols(() => true).find(bare.pid, addresses(bare.address));
      assert.deepEqual([found?.name, found?.file], ["", path("bare")]);
      assert.ok((found?.fileOffset ?? 0n) > 0n);
    } finally {
      bare.child.kill();
    }
  });

  it("says that there is no such process", () => {
    assert.throws(() => new ProcessSymbols(() => true).find(2 ** 22 + 1, addresses(1n)), {
      code: "ESRCH",
    });
  });

  it("does not fall for a file that became a link since it was mapped", async () => {
    const { child, pid, address } = await started("moved", "-pie");
    try {
      rmSync(path("moved"));
      mkdirSync(path("else"));
      copyFileSync("/bin/sh", path("else/secret"));
      symlinkSync(path("else/secret"), path("moved"));
      const fd = openByPath(pid, path("moved"));
      assert.equal(fd, undefined);
      symlinkSync(path("else"), path("folder"));
      assert.equal(openByPath(pid, path("folder/secret")), undefined);
      const real = openByPath(pid, path("else/secret"));
      assert.ok(real !== undefined);
      closeSync(real);
      for (const bad of ["", "/", "/../etc/passwd", path("else/../moved"), path("nothing")]) {
        assert.equal(openByPath(pid, bad), undefined, bad);
      }
      // The file that is mapped is still there for who may see it.
      const [found] = new ProcessSymbols(() => true).find(pid, addresses(address));
      assert.ok(found?.name === "known_to_the_test" || found?.name === "");
      assert.equal(found.file, path("moved"));
    } finally {
      child.kill();
    }
  });

  it("takes a file that is no ELF file, or a broken one, for one without symbols", async () => {
    const { child, pid, address } = await started("whole", "-pie");
    child.kill();
    const bytes = readFileSync(path("whole"));
    // Section headers that point anywhere: the program runs all the same.
    bytes.writeBigUInt64LE(0xffff_ffff_ffffn, 40);
    rmSync(path("whole"));
    writeFileSync(path("broken"), bytes, { mode: 0o755 });
    const broken = await start(path("broken"));
    try {
      const [found] = new ProcessSymbols(() => true).find(broken.pid, addresses(broken.address));
      assert.equal(found?.name, "");
      assert.ok(pid > 0 && address > 0n);
    } finally {
      broken.child.kill();
    }
  });
});
