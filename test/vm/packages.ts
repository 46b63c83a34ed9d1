import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/wbpf.js";

/** Unpacked packages are kept here, out of git, until somebody removes them. */
export const cache = join(root, ".setup/kernels");

/** A failure to get what a guest needs: one sentence. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}

/** Output of a command, or undefined if it fails. */
function output(command: string, args: readonly string[], cwd = root): string | undefined {
  const { status, stdout } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 64 << 20,
  });
  return status === 0 ? stdout : undefined;
}

/**
 * The newest package of a kernel line that apt knows, such as `linux-image-6.1.0-56-amd64` for `"6.1"`: the generic flavour, which brings 9p, not the cloud or
 * real-time ones. An unsigned package serves as well, for nothing checks a signature here.
 */
export function newestKernelPackage(line: string, names: readonly string[]): string | undefined {
  const pattern = new RegExp(
    `^linux-image-${line.replaceAll(".", "\\.")}\\.(\\d[\\w.+]*(?:-\\d+)?)-amd64(-unsigned)?$`,
  );
  const order = new Intl.Collator("en", { numeric: true });
  return names
    .map((name) => ({ name, match: pattern.exec(name) }))
    .filter(({ match }) => match !== null)
    .sort(
      (a, b) =>
        order.compare(a.match?.[1] ?? "", b.match?.[1] ?? "") ||
        order.compare(b.match?.[2] ?? "", a.match?.[2] ?? ""),
    )
    .at(-1)?.name;
}

function packageNames(line: string): string[] {
  const found = output("apt-cache", ["search", "--names-only", `^linux-image-${line}\\.`]) ?? "";
  return found.split("\n").map((text) => text.split(" ")[0] ?? "");
}

/** Finds the package of a kernel line, after asking the mirrors once if apt knows none. */
export function kernelPackage(line: string): string {
  const known = newestKernelPackage(line, packageNames(line));
  if (known !== undefined) return known;
  updateLists();
  const found = newestKernelPackage(line, packageNames(line));
  if (found !== undefined) return found;
  throw new UnavailableError(
    `apt has no package linux-image-${line}.*-amd64 (Debian 12 has 6.1 and 6.12)`,
  );
}

function updateLists(): void {
  if (process.getuid?.() === 0) output("apt-get", ["update"]);
}

/**
 * Unpacks a Debian package, without installing it, into a folder of the cache, and returns that folder. What is there already is not fetched again.
 * @throws UnavailableError when it cannot be downloaded
 */
export function unpacked(name: string, choose: () => string = () => name): string {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  // A process that is interrupted leaves a folder under another name, never half a package.
  const scratch = mkdtempSync(join(cache, ".unpack-"));
  try {
    const chosen = choose();
    if (output("apt-get", ["download", chosen], scratch) === undefined) {
      // Old lists name versions that the mirrors have dropped.
      updateLists();
      const again = choose();
      if (output("apt-get", ["download", again], scratch) === undefined) {
        throw new UnavailableError(`apt-get download ${again} fails: is there a network?`);
      }
    }
    const deb = readdirSync(scratch).find((file) => file.endsWith(".deb"));
    if (deb === undefined || output("dpkg", ["-x", deb, "tree"], scratch) === undefined) {
      throw new UnavailableError(`dpkg cannot unpack ${deb ?? chosen} in ${scratch}`);
    }
    try {
      renameSync(join(scratch, "tree"), folder);
    } catch (error) {
      // Another process was faster.
      if (!existsSync(folder)) throw error;
    }
    return folder;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
