import { spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { kernelPackage, UnavailableError, unpacked } from "./packages.js";

/** An unpacked kernel, ready to boot. */
export interface KernelTree {
  /** As `uname -r` prints it. */
  readonly release: string;
  /** The kernel's image: unpacked if this machine can, because the guest takes seconds to do it. */
  readonly image: string;
  /** `lib/modules` of the package. */
  readonly modules: string;
  /** What has to be loaded to reach the host's files, in order. */
  readonly bootModules: readonly { readonly name: string; readonly content: Buffer }[];
  /** A static busybox. */
  readonly busybox: string;
}

/** What connects the guest to its host (virtio, 9p) and lays a file system over the host's (overlay). */
const BOOT_MODULES = ["virtio_pci", "virtio_console", "overlay", "9pnet_virtio", "9p"];

/**
 * Gets the newest Debian kernel of a line, such as `"6.1"`, from apt's mirrors or from the cache.
 * @throws UnavailableError when it cannot be had
 */
export function kernelTree(line: string): KernelTree {
  const tree = unpacked(`linux-${line}`, () => kernelPackage(line));
  const busybox = join(unpacked("busybox-static"), "bin/busybox");
  // Without a symbolic link on the way: its target would be looked for among the files of the guest.
  const modules = realpathSync(join(tree, "lib/modules"));
  const release = readdirSync(modules)[0];
  if (release === undefined) throw new UnavailableError(`${tree} holds no kernel: remove it`);
  if (!existsSync(join(modules, release, "modules.dep"))) {
    succeed("depmod", ["-b", tree, release]);
  }
  return {
    release,
    image: image(tree, release),
    modules,
    bootModules: order(tree, release),
    busybox,
  };
}

/** The modules to load and those that they need, as `modprobe` orders them. */
function order(tree: string, release: string): { name: string; content: Buffer }[] {
  const files = new Set<string>();
  for (const name of BOOT_MODULES) {
    const text = succeed("modprobe", [
      "-d",
      tree,
      "-S",
      release,
      "--show-depends",
      name,
    ]).toString();
    // A line is "insmod FILE", or "builtin NAME" for what the kernel has within.
    for (const match of text.matchAll(/^insmod (\S+)/gm)) files.add(match[1] as string);
  }
  return [...files].map((file) =>
    file.endsWith(".xz")
      ? { name: basename(file, ".xz"), content: succeed("xz", ["-dc", file]) }
      : { name: basename(file), content: readFileSync(file) },
  );
}

/** Compressed kernel images by the first bytes of what they hold, and what unpacks them. */
const DECOMPRESSORS = [
  { magic: "fd377a585a00", command: "xz" },
  { magic: "28b52ffd", command: "zstd" },
];

/** Finds the compressed kernel within a bzImage (`Documentation/arch/x86/boot.rst`) and unpacks it beside. */
function image(tree: string, release: string): string {
  const unpackedImage = join(tree, "vmlinux");
  if (existsSync(unpackedImage)) return unpackedImage;
  const compressed = join(tree, "boot", `vmlinuz-${release}`);
  const bytes = readFileSync(compressed);
  const setupSectors = bytes.readUInt8(0x1f1) || 4;
  const start = (setupSectors + 1) * 512 + bytes.readUInt32LE(0x248);
  // The last four bytes are the unpacked size, which the kernel's build appends.
  const payload = bytes.subarray(start, start + bytes.readUInt32LE(0x24c) - 4);
  const tool = DECOMPRESSORS.find(({ magic }) => payload.toString("hex", 0, 8).startsWith(magic));
  if (tool === undefined) return compressed;
  const { stdout } = spawnSync(tool.command, ["-dc"], { input: payload, maxBuffer: 256 << 20 });
  if (stdout?.toString("latin1", 1, 4) !== "ELF") return compressed;
  const scratch = `${unpackedImage}.${process.pid}`;
  writeFileSync(scratch, stdout);
  renameSync(scratch, unpackedImage);
  return unpackedImage;
}

function succeed(command: string, args: readonly string[]): Buffer {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    maxBuffer: 64 << 20,
    // depmod and modprobe are an administrator's commands, which an ordinary user's PATH leaves out.
    env: { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` },
  });
  if (status === 0) return stdout;
  throw new UnavailableError(
    `${command} ${args.join(" ")}: ${error?.message ?? stderr.toString().trim()}`,
  );
}
