import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Process } from "../../support/wbpf.js";
import { fixture, guest } from "./tool.js";

const source = join(fixture("target"), "target.c");
const folder = join(fixture("target"), "build");
/** The program that is probed: target.c. */
export const targetPath = join(folder, "target");

/** Compiles it, if it is older than its source. In a guest it is there. */
export function buildTarget(): void {
  if (guest) return;
  if (existsSync(targetPath) && statSync(targetPath).mtimeMs > statSync(source).mtimeMs) return;
  mkdirSync(folder, { recursive: true });
  execFileSync("gcc", ["-O2", "-Wall", "-o", targetPath, source]);
}

/** The program, running: it answers a number with its double and its triple. */
export class Target {
  readonly process = new Process(targetPath, [], { stdio: ["pipe", "pipe", "pipe"] });

  get pid(): number {
    return this.process.child.pid as number;
  }

  async work(number: number): Promise<void> {
    this.process.child.stdin?.write(`${number}\n`);
    await this.process.printed(new RegExp(`^${2 * number} ${3 * number}$`, "m"));
  }

  end(): Promise<unknown> {
    this.process.child.stdin?.end();
    return this.process.ended;
  }
}
