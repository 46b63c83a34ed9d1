import { existsSync } from "node:fs";
import { join } from "node:path";
import { UnavailableError } from "./packages.js";
import { kernelTree } from "./tree.js";

/** What has to be installed to boot another kernel: a command, and the Debian package that brings it (`.ci/setup.mjs` installs them). */
const COMMANDS = {
  "qemu-system-x86_64": "qemu-system-x86",
  depmod: "kmod",
  modprobe: "kmod",
  xz: "xz-utils",
  setpriv: "util-linux",
  "apt-get": "apt",
  dpkg: "dpkg",
};

function inPath(command: string): boolean {
  const folders = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`.split(":");
  return folders.some((folder) => folder !== "" && existsSync(join(folder, command)));
}

/** Why this machine cannot boot a Debian kernel of that line, or undefined if it can. Downloads the kernel if it is not in the cache. */
export function whyNoGuest(line: string): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return `guests are only made on x86-64 Linux, this is ${process.platform} ${process.arch}`;
  }
  for (const [command, packageName] of Object.entries(COMMANDS)) {
    if (!inPath(command)) return `there is no ${command} (Debian package ${packageName})`;
  }
  try {
    kernelTree(line);
    return undefined;
  } catch (error) {
    if (error instanceof UnavailableError) return error.message;
    throw error;
  }
}

/**
 * A suite that needs a guest with a kernel of that line. Where it cannot be had, the suite is skipped and its title says why; on a CI machine that is a failure.
 */
export function guestSuite(line: string, title: string, body: (this: Mocha.Suite) => void): void {
  const why = whyNoGuest(line);
  if (why === undefined) {
    describe(title, body);
  } else if (process.env.CI) {
    describe(title, () => {
      it(`has a kernel ${line} to boot`, () => {
        throw new Error(`a CI machine has to run the tests on other kernels, but ${why}`);
      });
    });
  } else {
    describe.skip(`${title} (skipped: ${why})`, body);
  }
}
