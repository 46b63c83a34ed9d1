import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type CpioEntry, cpio } from "./cpio.js";
import type { KernelTree } from "./tree.js";

const script = (name: string) => readFileSync(new URL(`guest/${name}`, import.meta.url));

/** Folders that guest/init.sh mounts on. */
const FOLDERS = ["bin", "modules", "proc", "sys", "dev", "host", "over", "root"];

/** The first file system of a guest: a shell, the modules and guest/*.sh. */
export function initramfs(tree: KernelTree): Buffer {
  const settings = `RELEASE=${tree.release}\nMODULES='${tree.modules.replaceAll("'", "'\\''")}'\n`;
  const order = tree.bootModules.map(({ name }) => `${name}\n`).join("");
  const entries: CpioEntry[] = [
    ...FOLDERS.map((path) => ({ path })),
    { path: "bin/busybox", content: readFileSync(tree.busybox), executable: true },
    { path: "init", content: script("init.sh"), executable: true },
    { path: "agent.sh", content: script("agent.sh") },
    { path: "settings", content: Buffer.from(settings) },
    { path: "modules/order", content: Buffer.from(order) },
    ...tree.bootModules.map(({ name, content }) => ({ path: `modules/${name}`, content })),
  ];
  return gzipSync(cpio(entries), { level: 1 });
}
