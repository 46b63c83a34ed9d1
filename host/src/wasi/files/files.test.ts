import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../errors.js";
import { bpfError } from "../../imports/errno.js";
import { GuestMemory } from "../../memory/guest-memory.js";
import { WasiErrno as E } from "../errno.js";
import { wasiImports } from "../index.js";
import type { WasiFunction } from "../signatures.js";
import { type FileGrant, fileGrants } from "./grant.js";
import { DescriptorTable } from "./table.js";

type Call = (...args: (number | bigint)[]) => number;
const RIGHTS = { read: 2n, write: 64n, both: 66n };
const CREAT = 1;
const DIRECTORY = 2;
const EXCL = 4;
const TRUNC = 8;
const FOLLOW = 1;
/** Where paths, lists of ranges, results and data stand in the memory. */
const PATH = 1024;
const PATH2 = 2048;
const LIST = 512;
const OUT = 64;
const DATA = 8192;

/** A module's view of what it was granted, with calls that say what they mean. */
class Sandbox {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  readonly call: Record<WasiFunction, Call>;
  readonly table: DescriptorTable;
  readonly asked: string[] = [];

  constructor(grants: FileGrant[], refuse?: string) {
    const guest = new GuestMemory();
    guest.attach(this.memory);
    this.table = new DescriptorTable(fileGrants(grants));
    this.call = wasiImports({
      memory: guest,
      args: ["tool"],
      env: {},
      output: { write: (_fd, _pointer, length) => length },
      files: this.table,
      mayUse: (call, path, access) => {
        this.asked.push(`${call} ${access} ${path}`);
        if (refuse !== undefined && path.endsWith(refuse)) throw bpfError("EPERM", "no");
      },
      sleep: () => 0,
    }) as unknown as Record<WasiFunction, Call>;
  }

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  put(text: string, at = PATH): number {
    const bytes = Buffer.from(text);
    new Uint8Array(this.memory.buffer).set(bytes, at);
    return bytes.length;
  }

  /** A descriptor, or a negative WASI errno. */
  open(path: string, how = 0, rights = RIGHTS.read, flags = 0, lookup = FOLLOW, fd = 3): number {
    const length = this.put(path);
    const result = this.call.path_open(fd, lookup, PATH, length, how, rights, 0n, flags, OUT);
    return result === 0 ? this.view.getUint32(OUT, true) : -result;
  }

  write(fd: number, text: string): number {
    this.view.setUint32(LIST, DATA, true);
    this.view.setUint32(LIST + 4, this.put(text, DATA), true);
    const result = this.call.fd_write(fd, LIST, 1, OUT);
    return result === 0 ? this.view.getUint32(OUT, true) : -result;
  }

  read(fd: number, length = 100): string | number {
    this.view.setUint32(LIST, DATA, true);
    this.view.setUint32(LIST + 4, length, true);
    const result = this.call.fd_read(fd, LIST, 1, OUT);
    if (result !== 0) return -result;
    return Buffer.from(this.memory.buffer, DATA, this.view.getUint32(OUT, true)).toString();
  }

  /** Opens, reads and closes: the text, or a negative WASI errno. */
  cat(path: string, fd = 3): string | number {
    const opened = this.open(path, 0, RIGHTS.read, 0, FOLLOW, fd);
    if (opened < 0) return opened;
    const text = this.read(opened);
    assert.equal(this.call.fd_close(opened), 0);
    return text;
  }

  /** Type and size, or a negative WASI errno. */
  stat(path: string, lookup = FOLLOW, fd = 3): [number, number] | number {
    const result = this.call.path_filestat_get(fd, lookup, PATH, this.put(path), OUT);
    if (result !== 0) return -result;
    return [this.view.getUint8(OUT + 16), Number(this.view.getBigUint64(OUT + 32, true))];
  }

  path(name: "path_create_directory" | "path_remove_directory" | "path_unlink_file", path: string) {
    return this.call[name](3, PATH, this.put(path));
  }

  rename(from: string, to: string, toFd = 3): number {
    const a = this.put(from);
    return this.call.path_rename(3, PATH, a, toFd, PATH2, this.put(to, PATH2));
  }

  /** Every name, read in pieces of `size` bytes. */
  list(fd: number, size = 4096): string[] {
    const names: string[] = [];
    for (let cookie = 0n; ; ) {
      assert.equal(this.call.fd_readdir(fd, DATA, size, cookie, OUT), 0);
      const used = this.view.getUint32(OUT, true);
      let at = 0;
      while (at + 24 <= used) {
        const length = this.view.getUint32(DATA + at + 16, true);
        if (at + 24 + length > used) break;
        names.push(Buffer.from(this.memory.buffer, DATA + at + 24, length).toString());
        cookie = this.view.getBigUint64(DATA + at, true);
        at += 24 + length;
      }
      if (used < size) return names;
      assert.ok(at > 0, "a buffer for one entry");
    }
  }

  preopens(): string[] {
    const names: string[] = [];
    for (let fd = 3; this.call.fd_prestat_get(fd, OUT) === 0; fd++) {
      const length = this.view.getUint32(OUT + 4, true);
      assert.equal(this.call.fd_prestat_dir_name(fd, PATH, length), 0);
      names.push(Buffer.from(this.memory.buffer, PATH, length).toString());
    }
    return names;
  }
}

const descriptors = (): number => readdirSync("/proc/self/fd").length;

describe("files that are granted", () => {
  let root: string;
  let secret: string;
  let before: number;
  const made: Sandbox[] = [];
  const sandbox = (grants: FileGrant[], refuse?: string): Sandbox => {
    const one = new Sandbox(grants, refuse);
    made.push(one);
    return one;
  };
  const granted = (access: "read" | "write" = "write"): Sandbox =>
    sandbox([{ guest: "/data", host: join(root, "data"), access }]);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "wbpf-files-"));
    mkdirSync(join(root, "data/sub/deep"), { recursive: true });
    secret = join(root, "secret");
    writeFileSync(secret, "secret");
    writeFileSync(join(root, "data/a.txt"), "hello");
    writeFileSync(join(root, "data/sub/b.txt"), "below");
    before = descriptors();
  });
  afterEach(() => {
    for (const one of made.splice(0)) one.table.closeAll();
    assert.equal(descriptors(), before, "no descriptor is left open");
    rmSync(root, { recursive: true });
  });

  it("are told by fd_prestat, after the standard descriptors", () => {
    const one = sandbox([
      { guest: "/data/", host: join(root, "data"), access: "read" },
      { guest: ".", host: join(root, "data/sub"), access: "write" },
      { guest: "/etc/tool.conf", host: secret, access: "read" },
    ]);
    assert.deepEqual(one.preopens(), ["/data", ".", "/etc"]);
    assert.equal(one.call.fd_prestat_get(6, OUT), E.badf);
    assert.equal(one.call.fd_prestat_get(1, OUT), E.badf);
    assert.equal(one.call.fd_prestat_dir_name(3, PATH, 4), E.nametoolong);
    assert.equal(one.call.fd_fdstat_get(3, OUT), 0);
    assert.equal(one.view.getUint8(OUT), 3);
  });

  it("are read, sought and told about", () => {
    const one = granted("read");
    assert.equal(one.cat("a.txt"), "hello");
    assert.equal(one.cat("./sub//b.txt"), "below");
    assert.equal(one.cat("sub/../sub/deep/../b.txt"), "below");
    const fd = one.open("a.txt");
    assert.equal(one.read(fd, 2), "he");
    assert.equal(one.call.fd_tell(fd, OUT), 0);
    assert.equal(one.view.getBigUint64(OUT, true), 2n);
    assert.equal(one.call.fd_seek(fd, -1n, 2, OUT), 0);
    assert.equal(one.read(fd), "o");
    assert.equal(one.read(fd), "");
    assert.equal(one.call.fd_seek(fd, -9n, 1, OUT), E.inval);
    assert.equal(one.call.fd_seek(fd, 0n, 7, OUT), E.inval);
    one.view.setUint32(LIST, DATA, true);
    one.view.setUint32(LIST + 4, 3, true);
    assert.equal(one.call.fd_pread(fd, LIST, 1, 1n, OUT), 0);
    assert.equal(Buffer.from(one.memory.buffer, DATA, 3).toString(), "ell");
    assert.deepEqual(one.stat("a.txt"), [4, 5]);
    assert.equal((one.stat("sub") as number[])[0], 3);
    assert.equal(one.call.fd_filestat_get(fd, OUT), 0);
    assert.equal(
      one.view.getBigUint64(OUT + 8, true),
      BigInt(statSync(join(root, "data/a.txt")).ino),
    );
    assert.equal(one.open("none"), -E.noent);
    assert.equal(one.open(""), -E.noent);
    assert.equal(one.open("a.txt/"), -E.notdir);
    assert.equal(one.open("a.txt/x"), -E.notdir);
    assert.equal(one.open("a.txt", DIRECTORY), -E.notdir);
    assert.equal(one.open("x".repeat(5000)), -E.nametoolong);
    assert.equal(one.open("a\0b"), -E.inval);
  });

  it("are written, appended to, cut, renamed and removed", () => {
    const one = granted();
    const at = (name: string): string => readFileSync(join(root, "data", name), "utf8");
    const fd = one.open("new", CREAT | EXCL, RIGHTS.both);
    assert.equal(one.write(fd, "one two"), 7);
    assert.equal(one.call.fd_seek(fd, 4n, 0, OUT), 0);
    assert.equal(one.read(fd), "two");
    assert.equal(one.call.fd_filestat_set_size(fd, 3n), 0);
    assert.equal(one.call.fd_sync(fd), 0);
    assert.equal(at("new"), "one");
    assert.equal(one.open("new", CREAT | EXCL, RIGHTS.write), -E.exist);
    const end = one.open("new", 0, RIGHTS.write, 1);
    assert.equal(one.write(end, "!"), 1);
    assert.equal(one.call.fd_fdstat_set_flags(end, 0), 0);
    assert.equal(one.call.fd_seek(end, 0n, 0, OUT), 0);
    assert.equal(one.write(end, "O"), 1);
    assert.equal(one.read(end), -E.badf);
    assert.equal(at("new"), "One!");
    assert.equal(one.call.fd_filestat_set_times(end, 0n, 1_000_000_000_000_000_000n, 1 | 4), 0);
    assert.equal(statSync(join(root, "data/new")).mtimeMs, 1_000_000_000_000);
    assert.ok(one.open("new", TRUNC, RIGHTS.write) > 0);
    assert.equal(at("new"), "");
    assert.equal(one.path("path_create_directory", "made"), 0);
    assert.equal(one.path("path_create_directory", "made"), E.exist);
    assert.equal(one.rename("new", "made/renamed"), 0);
    assert.equal(one.path("path_remove_directory", "made"), E.notempty);
    assert.equal(one.path("path_unlink_file", "made/renamed"), 0);
    assert.equal(one.path("path_remove_directory", "made/"), 0);
    assert.equal(one.path("path_remove_directory", "."), E.inval);
    assert.equal(existsSync(join(root, "data/made")), false);
    assert.equal(
      one.call.path_symlink(PATH, one.put("/etc"), 3, PATH2, one.put("l", PATH2)),
      E.notcapable,
    );
    assert.equal(one.open("sub", 0, RIGHTS.write), -E.isdir);
  });

  it("stay as they are where only reading was granted", () => {
    const one = granted("read");
    assert.equal(one.open("a.txt", 0, RIGHTS.write), -E.rofs);
    assert.equal(one.open("a.txt", TRUNC, RIGHTS.read), -E.rofs);
    assert.equal(one.open("new", CREAT, RIGHTS.write), -E.rofs);
    assert.equal(one.path("path_create_directory", "d"), E.rofs);
    assert.equal(one.path("path_unlink_file", "a.txt"), E.rofs);
    assert.equal(one.rename("a.txt", "b"), E.rofs);
    const inner = one.open("sub", DIRECTORY);
    assert.equal(one.open("b.txt", 0, RIGHTS.write, 0, FOLLOW, inner), -E.rofs);
    assert.equal(one.call.path_filestat_set_times(3, 1, PATH, one.put("a.txt"), 0n, 0n, 5), E.rofs);
    const fd = one.open("a.txt");
    assert.equal(one.write(fd, "x"), -E.badf);
    assert.equal(one.call.fd_filestat_set_size(fd, 0n), E.badf);
    assert.deepEqual(readdirSync(join(root, "data")).sort(), ["a.txt", "sub"]);
    assert.equal(readFileSync(join(root, "data/a.txt"), "utf8"), "hello");
  });

  it("are the end: no path, link or moved directory leads out", () => {
    const one = granted();
    const data = join(root, "data");
    symlinkSync(secret, join(data, "absolute"));
    symlinkSync("../secret", join(data, "up"));
    symlinkSync("..", join(data, "dotdot"));
    symlinkSync("/", join(data, "slash"));
    symlinkSync("/proc/self/root", join(data, "magic"));
    symlinkSync("loop", join(data, "loop"));
    symlinkSync("sub/../../secret", join(data, "sneaky"));
    symlinkSync("a.txt", join(data, "inside"));
    symlinkSync("../a.txt", join(data, "sub/back"));
    symlinkSync("../../secret", join(data, "dangling"));
    for (const path of [
      ...["../secret", "sub/../../secret", "/etc/passwd", "..", "sub/deep/../../..", secret],
      ...["absolute", "up", "dotdot/secret", "slash/etc/passwd", "magic/etc/passwd", "sneaky"],
    ]) {
      assert.equal(one.open(path), -E.notcapable, path);
      assert.equal(one.stat(path), -E.notcapable, path);
      assert.equal(one.open(path, CREAT | TRUNC, RIGHTS.both), -E.notcapable, path);
    }
    for (const path of ["../new", "dotdot/new", "slash/tmp/new", "/tmp/new"]) {
      assert.equal(one.path("path_create_directory", path), E.notcapable, path);
      assert.equal(one.path("path_unlink_file", path), E.notcapable, path);
      assert.equal(one.rename("a.txt", path), E.notcapable, path);
    }
    assert.equal(one.open("loop"), -E.loop);
    assert.equal(one.open("absolute", 0, RIGHTS.read, 0, 0), -E.loop);
    assert.deepEqual((one.stat("absolute", 0) as number[])[0], 7);
    assert.equal(one.cat("inside"), "hello");
    assert.equal(one.cat("sub/back"), "hello");
    // A link itself may go; what it points to stays.
    assert.equal(one.path("path_unlink_file", "absolute"), 0);
    assert.equal(readFileSync(secret, "utf8"), "secret");
    // A directory that is moved out while it is open is still what was granted, and its `..` is no way out.
    const deep = one.open("sub/deep", DIRECTORY);
    renameSync(join(data, "sub/deep"), join(root, "deep"));
    assert.equal(one.open("../secret", 0, RIGHTS.read, 0, FOLLOW, deep), -E.notcapable);
  });

  it("are not left while somebody swaps a directory for a link all the time", () => {
    const one = granted("read");
    const data = join(root, "data");
    const script =
      "const fs=require('fs');const [d]=process.argv.slice(1);const end=Date.now()+1500;while(Date.now()<end){fs.renameSync(d+'/sub',d+'/gone');fs.symlinkSync('..',d+'/sub');fs.unlinkSync(d+'/sub');fs.renameSync(d+'/gone',d+'/sub');}";
    const swap = spawn(process.execPath, ["-e", script, data], { stdio: "ignore" });
    writeFileSync(join(root, "b.txt"), "outside");
    const seen = new Set<string | number>();
    const until = Date.now() + 1500;
    while (Date.now() < until) seen.add(one.cat("sub/b.txt"));
    swap.kill();
    assert.ok(!seen.has("outside"), [...seen].join());
    assert.ok(seen.has("below"), [...seen].join());
  });

  it("never are devices, FIFOs or sockets, and opening one neither waits nor does anything", async () => {
    execFileSync("mkfifo", [join(root, "data/fifo")]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, "data/socket"), resolve));
    try {
      const one = granted();
      assert.equal(one.open("fifo"), -E.notcapable);
      assert.equal(one.open("fifo", 0, RIGHTS.write), -E.notcapable);
      assert.equal(one.open("socket", 0, RIGHTS.both), -E.notcapable);
      const devices = sandbox([{ guest: "/dev", host: "/dev", access: "write" }]);
      assert.equal(devices.open("null", 0, RIGHTS.write), -E.notcapable);
    } finally {
      server.close();
    }
  });

  it("list what is in a directory, in pieces of any size", () => {
    const one = granted("read");
    for (let i = 0; i < 50; i++) writeFileSync(join(root, `data/sub/f${i}`), "");
    const wanted = [".", "..", "b.txt", "deep", ...Array.from({ length: 50 }, (_, i) => `f${i}`)];
    const fd = one.open("sub", DIRECTORY);
    for (const size of [4096, 64, 30]) {
      assert.deepEqual(one.list(fd, size).sort(), wanted.sort(), `${size}`);
    }
    assert.ok(one.list(3).includes("a.txt"));
    const file = one.open("a.txt");
    assert.equal(one.call.fd_readdir(file, DATA, 64, 0n, OUT), E.notdir);
    assert.equal(one.call.fd_readdir(fd, 65530, 64, 0n, OUT), E.fault);
  });

  it("may be single ones, which show nothing beside them", () => {
    const log = join(root, "data/sub/log");
    writeFileSync(log, "");
    const one = sandbox([
      { guest: "/etc/tool.conf", host: join(root, "data/a.txt"), access: "read" },
      { guest: "/etc/log", host: log, access: "write" },
    ]);
    assert.deepEqual(one.preopens(), ["/etc"]);
    assert.equal(one.cat("tool.conf"), "hello");
    assert.equal(one.cat("./tool.conf"), "hello");
    assert.equal(one.write(one.open("log", 0, RIGHTS.write), "line"), 4);
    assert.equal(readFileSync(log, "utf8"), "line");
    assert.equal(one.open("tool.conf", 0, RIGHTS.write), -E.rofs);
    assert.equal(one.open("b.txt"), -E.noent);
    assert.equal(one.open("../a.txt"), -E.notcapable);
    assert.equal(one.open("tool.conf/../../a.txt"), -E.notdir);
    assert.equal(one.path("path_unlink_file", "log"), E.notcapable);
    assert.equal(one.path("path_create_directory", "d"), E.noent);
    assert.deepEqual(one.list(3).sort(), [".", "..", "log", "tool.conf"]);
    assert.deepEqual(one.list(one.open(".", DIRECTORY)).sort(), [".", "..", "log", "tool.conf"]);
    assert.deepEqual(one.stat("."), [3, 0]);
    // The file is granted, and not what somebody puts in its place.
    unlinkSync(log);
    symlinkSync(secret, log);
    assert.equal(one.open("log"), -E.loop);
    unlinkSync(log);
    assert.equal(one.open("log"), -E.noent);
    assert.ok(one.open("log", CREAT, RIGHTS.write) > 0);
  });

  it("ask the policy by the file's real path, and are refused by it", () => {
    const one = sandbox([{ guest: "/data", host: join(root, "data"), access: "write" }], "b.txt");
    symlinkSync("sub", join(root, "data/link"));
    assert.equal(one.open("link/b.txt"), -E.perm);
    assert.equal(one.open("sub/b.txt", TRUNC, RIGHTS.write), -E.perm);
    assert.equal(one.path("path_unlink_file", "sub/b.txt"), E.perm);
    assert.equal(one.rename("a.txt", "sub/b.txt"), E.perm);
    assert.equal(one.cat("a.txt"), "hello");
    assert.equal(readFileSync(join(root, "data/sub/b.txt"), "utf8"), "below");
    assert.ok(one.asked.includes(`path_open read ${join(root, "data/sub/b.txt")}`));
    assert.ok(one.open("sub/new", CREAT, RIGHTS.write) > 0);
    assert.ok(one.asked.includes(`path_open write ${join(root, "data/sub/new")}`));
  });

  it("take numbers from the lowest that is free, and 1024 at most", () => {
    const one = granted();
    assert.equal(one.open("a.txt"), 4);
    assert.equal(one.open("a.txt"), 5);
    assert.equal(one.call.fd_close(4), 0);
    assert.equal(one.call.fd_close(4), E.badf);
    assert.equal(one.open("a.txt"), 4);
    assert.equal(one.call.fd_renumber(4, 5), 0);
    assert.equal(one.read(5), "hello");
    assert.equal(one.call.fd_renumber(4, 5), E.badf);
    let last = 0;
    while (last >= 0) last = one.open("a.txt");
    assert.equal(last, -E.mfile);
  });

  it("touch no memory outside the module's", () => {
    const one = granted();
    const length = one.put("a.txt");
    assert.equal(one.call.path_open(3, 1, 65534, 5, 0, 2n, 0n, 0, OUT), E.fault);
    assert.equal(one.call.path_open(3, 1, PATH, length, CREAT, 66n, 0n, 0, 65534), E.fault);
    assert.equal(one.call.path_filestat_get(3, 1, PATH, length, 65500), E.fault);
    const fd = one.open("a.txt", 0, RIGHTS.both);
    one.view.setUint32(LIST, 65530, true);
    one.view.setUint32(LIST + 4, 100, true);
    assert.equal(one.call.fd_read(fd, LIST, 1, OUT), E.fault);
    assert.equal(one.call.fd_write(fd, LIST, 1, OUT), E.fault);
    assert.equal(readFileSync(join(root, "data/a.txt"), "utf8"), "hello");
  });

  it("are refused in a sentence when a grant makes no sense", () => {
    const data = join(root, "data");
    const refuse = (grants: FileGrant[], message: RegExp): void => {
      assert.throws(
        () => fileGrants(grants),
        (e) => e instanceof UsageError && message.test(e.message),
      );
    };
    const grant = (guest: string, host: string): FileGrant => ({ guest, host, access: "read" });
    refuse([grant("/x", join(root, "none"))], /cannot grant '.*none': there is no such file/);
    refuse([grant("/x", "/dev/null")], /neither a regular file nor a directory/);
    refuse([grant("/x/../y", data)], /must not contain '\.\.'/);
    refuse([grant("/x", data), grant("/x/", data)], /two grants have the guest path '\/x'/);
    refuse([grant("/x", data), grant("/x/f", secret)], /'\/x\/f' lies in the directory '\/x'/);
    refuse([{ guest: "/x", host: data, access: "all" as "read" }], /read or write was expected/);
    chmodSync(data, 0o755);
    const [one] = fileGrants([grant("//x/./y/", data)]);
    assert.equal(one?.guest, "/x/y");
  });
});
