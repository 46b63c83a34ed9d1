import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { type Ended, type Process, start } from "../support/wbpf.js";
import { buildGuest } from "./support/guest.js";

/** Where this machine has cgroup v2, which not all have at the same place. */
const CGROUPS = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find((folder) =>
  existsSync(`${folder}/cgroup.controllers`),
);
const LIMIT_MS = 170_000;
/** How long a guest runs that nobody stops: longer than any of these tests needs. */
const LONG = `${LIMIT_MS}`;
/** A guest that counts in a map tells nothing before its end: what was done has long happened in the kernel by then. */
const SETTLE_MS = 300;

/**
 * Runs a guest, does something once it has attached its programs, and stops it as soon as it has printed what is waited for; where it prints only at its end, once
 * what was done has happened.
 */
async function watch(
  guest: string,
  args: readonly string[],
  body: (tool: Process) => void | Promise<void>,
  seen?: RegExp,
): Promise<Ended> {
  const tool = start(["run", buildGuest(guest), ...args], { limitMs: LIMIT_MS });
  await tool.printed(/READY/);
  await body(tool);
  if (seen !== undefined) await tool.printed(seen);
  else await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const ended = await tool.stop();
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(ended.stderr, "");
  return ended;
}

/** Connects to a port of this machine, and says which. */
async function connectOnce(): Promise<number> {
  const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1").resume();
  await once(socket, "close");
  server.close();
  return port;
}

async function sendDatagram(port: number, address = "127.0.0.1"): Promise<void> {
  const socket = createSocket("udp4");
  await new Promise((resolve) => socket.send("hello", port, address, resolve));
  socket.close();
}

kernelSuite("modules that were built for wasm-bpf, by the kinds of its examples", function () {
  this.timeout(process.env.WBPF_TEST_BUILT ? 600_000 : 180_000);

  it("bootstrap: tracepoints and a ring buffer", async () => {
    let pid = 0;
    await watch(
      "bootstrap",
      [LONG],
      (tool) => {
        pid = spawnSync("/bin/true").pid;
        return tool.printed(new RegExp(`EXEC ${pid} true`)).then(() => {});
      },
      /EXIT \d+ true 24/,
    );
    assert.ok(pid > 0);
  });

  it("execve: a tracepoint and perf buffers", async () => {
    let pid = 0;
    const { stdout } = await watch(
      "execve",
      [LONG],
      async (tool) => {
        pid = spawnSync("/bin/true").pid;
        await tool.printed(new RegExp(`EXECVE ${pid} `));
      },
      /EXECVE/,
    );
    assert.match(stdout, new RegExp(`^EXECVE ${pid} \\S+$`, "m"));
  });

  it("opensnoop: a hash map between two tracepoints, and text of user space", async () => {
    const file = `/tmp/wbpf-open-${process.pid}`;
    await watch(
      "opensnoop",
      [LONG],
      () => {
        assert.throws(() => openSync(file, "r"), { code: "ENOENT" });
      },
      new RegExp(`OPEN ${process.pid} \\S+ -2 ${file}$`, "m"),
    );
  });

  it("runqlat: a histogram that is read after a sleep", async () => {
    const { stdout } = await watch("runqlat", [LONG], () => {
      for (let i = 0; i < 10; i++) spawnSync("/bin/true");
    });
    const slots = [...stdout.matchAll(/^SLOT (\d+) (\d+)$/gm)].map(([, , count]) => Number(count));
    const total = Number(/^TOTAL (\d+)$/m.exec(stdout)?.[1]);
    assert.ok(total >= 10, stdout);
    assert.equal(
      slots.reduce((sum, count) => sum + count, 0),
      total,
    );
  });

  it("sockfilter: the packets of an interface", async () => {
    const port = 20_000 + (process.pid % 20_000);
    await watch(
      "sockfilter",
      [LONG, "lo"],
      () => sendDatagram(port),
      // 14 bytes of Ethernet, 20 of IP, 8 of UDP, and the text.
      new RegExp(`^UDP 127.0.0.1 ${port} 47$`, "m"),
    );
  });

  it("tcpconnlat: the time that a connection takes", async () => {
    let port = 0;
    let tookMs = 0;
    const { stdout } = await watch(
      "tcpconnlat",
      [LONG],
      async (tool) => {
        const before = performance.now();
        port = await connectOnce();
        tookMs = performance.now() - before;
        await tool.printed(new RegExp(`CONNECT 127.0.0.1 ${port} `));
      },
      /CONNECT/,
    );
    const ns = Number(new RegExp(`CONNECT 127.0.0.1 ${port} (\\d+)`).exec(stdout)?.[1]);
    assert.ok(ns > 1_000 && ns < tookMs * 1e6, `${ns} ns of ${tookMs} ms`);
  });

  it("uprobe: the call and the return of a function that the target names", async () => {
    const libc = /=> (\/\S*libc\.so\.6)/.exec(
      execFileSync("ldd", ["/bin/sh"], { encoding: "utf8" }),
    )?.[1];
    let pid = 0;
    await watch(
      "uprobe",
      [LONG, `${libc}:getaddrinfo`],
      async (tool) => {
        pid = spawnSync("getent", ["ahosts", "localhost"]).pid;
        await tool.printed(new RegExp(`CALL ${pid}`));
      },
      /RETURN \d+/,
    );
    assert.ok(pid > 0);
  });

  it("lsm: denies what a module tells it to deny", async function () {
    const comm = `wblsm${process.pid % 10_000}`;
    const tool = start(["run", buildGuest("lsm"), LONG, comm], { limitMs: LIMIT_MS });
    try {
      await tool.printed(/READY/);
    } catch (error) {
      // Such as the kernel that most of these tests run on: test/kernels runs them on others too.
      if (/this kernel refuses lsm programs/.test(tool.stderr)) return this.skip();
      throw error;
    }
    const bin = mkdtempSync(join(tmpdir(), "wbpf-lsm-"));
    try {
      copyFileSync("/bin/mkdir", join(bin, comm));
      const denied = spawnSync(join(bin, comm), [join(bin, "folder")], { encoding: "utf8" });
      assert.equal(denied.status, 1);
      assert.match(denied.stderr, /Operation not permitted/);
      await tool.printed(new RegExp(`DENIED ${denied.pid}$`, "m"));
      assert.equal(existsSync(join(bin, "folder")), false);
      mkdirSync(join(bin, "another"));
      assert.equal((await tool.stop()).code, 0);
      assert.equal(spawnSync(join(bin, comm), [join(bin, "folder")]).status, 0);
    } finally {
      rmSync(bin, { recursive: true });
    }
  });

  describe("with an interface of its own", () => {
    const near = `wb${process.pid % 100_000}a`;
    const far = `wb${process.pid % 100_000}b`;
    // Of 10.200.0.0/13: another run of these tests must not be in the way.
    const subnet = `10.${200 + (process.pid % 8)}.${(process.pid >> 3) % 250}`;
    before(() => {
      execFileSync("ip", ["link", "add", near, "type", "veth", "peer", "name", far]);
      execFileSync("ip", ["address", "add", `${subnet}.1/24`, "dev", near]);
      for (const name of [near, far]) execFileSync("ip", ["link", "set", name, "up"]);
    });
    after(() => execFileSync("ip", ["link", "del", near]));

    const attached = () =>
      execFileSync("ip", ["-details", "link", "show", far], { encoding: "utf8" });
    // Nobody has that address, so an ARP request is all that leaves: 42 bytes. The kernel does not ask for the same twice in a short time.
    let host = 8;
    const send = () => sendDatagram(9, `${subnet}.${++host}`);

    it("xdp: counts packets by length, and is gone after the close", async () => {
      let during = "";
      const { stdout } = await watch("xdp", [LONG, far], async () => {
        during = attached();
        await send();
      });
      assert.match(during, /xdp/);
      assert.match(stdout, /^LENGTH 42 \d+$/m);
      assert.doesNotMatch(attached(), /xdp/);
    });

    it("xdp: is gone as well when the module is killed", async () => {
      const tool = start(["run", buildGuest("xdp"), LONG, far], { limitMs: LIMIT_MS });
      await tool.printed(/READY/);
      assert.match(attached(), /xdp/);
      const { signal } = await tool.stop("SIGKILL");
      assert.equal(signal, "SIGKILL");
      for (let i = 0; /xdp/.test(attached()) && i < 100; i++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.doesNotMatch(attached(), /xdp/);
    });

    for (const [target, hits] of [
      [far, /^HITS 0 [1-9]/m],
      [`${near}/egress`, /^HITS 0 [1-9]/m],
    ] as const) {
      it(`tc: on ${target.includes("/") ? "the way out" : "the way in"}`, async () => {
        const { stdout } = await watch("targets", [LONG, "on_tc", target], send);
        assert.match(stdout, hits);
        const filters = execFileSync("tc", ["filter", "show", "dev", far, "ingress"]);
        assert.equal(filters.toString().includes("on_tc"), false);
      });
    }
  });

  describe("with a cgroup of its own", () => {
    const cgroup = `${CGROUPS}/wbpf-test-${process.pid}`;
    before(function () {
      if (CGROUPS === undefined) this.skip();
      mkdirSync(cgroup);
      writeFileSync(`${cgroup}/cgroup.procs`, `${process.pid}`);
    });
    after(() => {
      if (CGROUPS === undefined) return;
      writeFileSync(`${CGROUPS}/cgroup.procs`, `${process.pid}`);
      rmdirSync(cgroup);
    });

    it("sockops: the connections that are made in it", async () => {
      let port = 0;
      await watch(
        "sockops",
        [LONG, cgroup],
        async (tool) => {
          port = await connectOnce();
          await tool.printed(new RegExp(`CONNECTED ${port}$`, "m"));
        },
        /CONNECTED/,
      );
      assert.ok(port > 0);
    });

    for (const [program, hits] of [
      ["on_egress", /^HITS 1 [1-9]/m],
      ["on_connect", /^HITS 2 [1-9]/m],
    ] as const) {
      it(`${program === "on_egress" ? "cgroup_skb/egress" : "cgroup/connect4"}`, async () => {
        const { stdout } = await watch("targets", [LONG, program, cgroup], async () => {
          await connectOnce();
        });
        assert.match(stdout, hits);
      });
    }
  });
});
