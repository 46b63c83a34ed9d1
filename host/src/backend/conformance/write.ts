import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConformanceOptions } from "../conformance.js";
import { Guest, PAGE, withGuest } from "./guest.js";
import { Waker } from "./waker.js";

const EBADF = -9;
const EFAULT = -14;
const EPIPE = -32;
const ECANCELED = -125;

/** The descriptor of a stream that Node opened for a child process. */
const fdOf = (stream: unknown): number =>
  (stream as { _handle: { fd: number } })._handle.fd as number;

export function writeConforms(options: ConformanceOptions): void {
  const { describe, it, backend } = options;

  describe("write", () => {
    it("writes all to a file, and checks the range", () => {
      const folder = mkdtempSync(join(tmpdir(), "wbpf-write-"));
      const file = join(folder, "out");
      const fd = openSync(file, "w");
      try {
        withGuest(backend, (guest) => {
          for (let at = 0; at < 3 * PAGE; at++) guest.bytes[at] = (at * 7) & 255;
          writeSync(fd, "> ");
          assert.equal(guest.session.write(fd, 5, 100_000), 100_000);
          assert.equal(guest.session.write(fd, 0, 0), 0);
          const written = readFileSync(file);
          assert.equal(written.length, 100_002);
          assert.deepEqual(written.subarray(2), Buffer.from(guest.bytes.subarray(5, 100_005)));

          const end = guest.bytes.length;
          assert.equal(guest.session.write(fd, end, 1), EFAULT);
          assert.equal(guest.session.write(fd, end - 1, 2), EFAULT);
          assert.equal(guest.session.write(fd, -1, 1), EFAULT);
          assert.equal(guest.session.write(fd, -8, -1), EFAULT);
          assert.equal(guest.session.write(fd, 0, -1), EFAULT);
          assert.equal(guest.session.write(12345, 0, 1), EBADF);
          assert.equal(guest.session.write(-1, 0, 1), EBADF);
        });
      } finally {
        closeSync(fd);
        rmSync(folder, { recursive: true });
      }
    });

    it("answers -EPIPE when the reader is gone", async () => {
      const child = spawn("sh", ["-c", "exec <&-; echo closed; sleep 60"]);
      await once(child.stdout, "data");
      withGuest(backend, (guest) => {
        assert.equal(guest.session.write(fdOf(child.stdin), 0, 10), EPIPE);
      });
      child.kill();
    });

    it("waits for a slow reader, and loses nothing", async () => {
      const child = spawn("sh", ["-c", "sleep 0.1; wc -c"], { stdio: ["pipe", "pipe", "inherit"] });
      let out = "";
      child.stdout.on("data", (chunk) => {
        out += chunk;
      });
      withGuest(
        backend,
        (guest) => {
          assert.equal(guest.session.write(fdOf(child.stdin), 0, 1_000_000), 1_000_000);
        },
        { pages: 16 },
      );
      child.stdin.end();
      await once(child.stdout, "end");
      assert.equal(out.trim(), "1000000");
    });

    /** Writes to a reader that never reads, until another thread signals. */
    const stalls = async (fd: number) => {
      const stop = options.stop();
      const guest = new Guest(backend, { pages: 64, stopFd: stop.fd });
      const waker = await Waker.create(stop.fd, "signal");
      try {
        waker.start();
        assert.equal(guest.session.write(fd, 0, 4_000_000), ECANCELED);
        assert.ok(waker.acted, "it waited for the signal");
        assert.ok(waker.elapsed < 300, `it took ${waker.elapsed} ms`);
        const start = performance.now();
        assert.equal(guest.session.write(fd, 0, 100), ECANCELED);
        assert.ok(performance.now() - start < 50, "the reader gets its grace once");
      } finally {
        await waker.end();
        guest.session.close();
        stop.close();
      }
    };

    it("can be stopped when the reader of a socket stalls", async () => {
      // libuv connects a child's "pipe" by a pair of sockets.
      const child = spawn("sleep", ["60"], { stdio: ["pipe", "ignore", "ignore"] });
      try {
        await stalls(fdOf(child.stdin));
      } finally {
        child.kill();
      }
    });

    it("can be stopped when the reader of a pipe stalls", async () => {
      const folder = mkdtempSync(join(tmpdir(), "wbpf-write-"));
      execFileSync("mkfifo", [join(folder, "pipe")]);
      const fd = openSync(join(folder, "pipe"), "r+");
      try {
        await stalls(fd);
      } finally {
        closeSync(fd);
        rmSync(folder, { recursive: true });
      }
    });

    it("still prints last words to a reader that reads", () => {
      const stop = options.stop();
      const guest = new Guest(backend, { stopFd: stop.fd });
      const file = openSync("/dev/null", "w");
      try {
        stop.signal();
        assert.equal(guest.session.write(file, 0, 100), 100);
      } finally {
        closeSync(file);
        guest.session.close();
        stop.close();
      }
    });
  });
}
