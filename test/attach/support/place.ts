import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { Process } from "../../support/wbpf.js";
import { fixture } from "./tool.js";

let made = 0;

/** A network namespace of its own, with a loopback that is up. */
export class Namespace {
  readonly name = `wbpf-test-${process.pid}-${made++}`;
  readonly path = `/run/netns/${this.name}`;
  /** Runs what follows in it. Not `ip netns exec`, which hides what is mounted below /sys. */
  readonly enter: readonly string[] = ["nsenter", `--net=${this.path}`, "--"];

  constructor() {
    execFileSync("ip", ["netns", "add", this.name]);
    this.ip("link", "set", "lo", "up");
  }

  /** What `ip` or another command prints there. */
  ip(...args: string[]): string {
    return this.run("ip", ...args);
  }

  run(command: string, ...args: string[]): string {
    const [nsenter = "", ...rest] = this.enter;
    return execFileSync(nsenter, [...rest, command, ...args], { encoding: "utf8", stdio: "pipe" });
  }

  /** Starts fixtures/attach/net/probe.mjs there. */
  start(mode: string, port = 0, otherPort = 0, cgroup = ""): Process {
    const [nsenter = "", ...rest] = this.enter;
    const script = join(fixture("net"), "probe.mjs");
    const numbers = [String(port), otherPort === 0 ? "" : String(otherPort)];
    return new Process(nsenter, [...rest, process.execPath, script, mode, ...numbers, cgroup]);
  }

  /** Runs it to its end, and gives its word. */
  async probe(mode: string, port = 0, otherPort = 0, cgroup = ""): Promise<string> {
    const ended = await this.start(mode, port, otherPort, cgroup).ended;
    if (ended.code !== 0) throw new Error(ended.stderr);
    return ended.stdout.trim();
  }

  close(): void {
    execFileSync("ip", ["netns", "del", this.name]);
  }
}

/** A cgroup (version 2) of its own. */
export class Cgroup {
  readonly path: string;

  constructor() {
    const mounts = readFileSync("/proc/self/mounts", "utf8");
    const root = /^\S+ (\S+) cgroup2 /m.exec(mounts)?.[1];
    if (root === undefined) throw new Error("no cgroup2 file system is mounted");
    this.path = join(root, `wbpf-test-${process.pid}-${made++}`);
    mkdirSync(this.path);
  }

  /** Its processes have to be gone: a process that just ended may still be counted for a moment. */
  async close(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        rmdirSync(this.path);
        return;
      } catch (error) {
        if (attempt === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}
