import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initramfs } from "./initramfs.js";
import { Port } from "./port.js";
import type { KernelTree } from "./tree.js";

/** How a command in a guest ended. */
export interface GuestResult {
  /** Its exit code, 128 plus the number of the signal that ended it, or undefined if its time was over. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The guest ended before the command did, or never came up. */
export class GuestDied extends Error {
  override readonly name = "GuestDied";
}

const MEMORY_MB = 2048;
const BOOT_LIMIT_MS = 120_000;

/** Arguments of the guest's kernel: no checks that only cost time under emulation, and a panic ends qemu. */
const KERNEL_ARGUMENTS = [
  "console=ttyS0",
  "quiet",
  "panic=-1",
  "nokaslr",
  "mitigations=off",
  "audit=0",
  "random.trust_cpu=on",
  "cryptomgr.notests",
  "tsc=reliable",
  "no_timer_check",
];

/** One guest under qemu. It emulates the processor (TCG), so it needs nothing of the machine that it runs on. */
export class Machine {
  readonly #folder: string;
  readonly #ports: readonly [Port, Port, Port];
  readonly #qemu: ChildProcess;
  readonly #died: Promise<never>;
  readonly #killAtExit = () => this.#qemu.kill("SIGKILL");
  #complaint = "";

  private constructor(folder: string, ports: [Port, Port, Port], args: readonly string[]) {
    this.#folder = folder;
    this.#ports = ports;
    // setpriv makes the kernel end qemu with this process, in whatever way this process ends.
    this.#qemu = spawn("setpriv", ["--pdeathsig", "KILL", "qemu-system-x86_64", ...args], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#qemu.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint += text;
    });
    process.once("exit", this.#killAtExit);
    this.#died = once(this.#qemu, "close").then(() => {
      throw new GuestDied(`the guest ended by itself\n${this.#complaint}${this.#console()}`);
    });
    this.#died.catch(() => {});
  }

  /**
   * Boots a kernel and waits until it takes commands: 3 to 7 s.
   * @throws GuestDied when it does not come up
   */
  static async boot(tree: KernelTree): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), "wbpf-vm-"));
    writeFileSync(join(folder, "initramfs"), initramfs(tree));
    const listen = (n: number) => Port.listen(join(folder, `port${n}`));
    const ports: [Port, Port, Port] = [await listen(1), await listen(2), await listen(3)];
    const machine = new Machine(folder, ports, qemuArguments(tree, folder));
    const ready = await machine.#within(BOOT_LIMIT_MS, ports[0].until("ready\n"));
    if (ready === undefined) {
      machine.close();
      throw new GuestDied(
        `the guest did not boot in ${BOOT_LIMIT_MS / 1000} s\n${machine.#console()}`,
      );
    }
    return machine;
  }

  /**
   * Runs a shell script. A machine whose script ran out of time is of no more use: close it.
   * @param heard is given what it prints on stdout, at once and in pieces
   */
  async run(
    script: string,
    timeoutMs: number,
    heard: (text: string) => void = () => {},
  ): Promise<GuestResult> {
    const token = randomBytes(12).toString("hex");
    const [control, out, err] = this.#ports;
    out.heard = heard;
    await control.write(`${token} ${Buffer.from(script).toString("base64")}\n`);
    const mark = `\n${token}\n`;
    const all = Promise.all([control.until("\n"), out.until(mark), err.until(mark)]);
    const ended = await this.#within(timeoutMs, all);
    if (ended === undefined) return { code: undefined, stdout: out.rest, stderr: err.rest };
    const [code, stdout, stderr] = ended.map((bytes) => bytes.toString());
    return { code: Number(code), stdout: stdout ?? "", stderr: stderr ?? "" };
  }

  close(): void {
    process.off("exit", this.#killAtExit);
    this.#qemu.kill("SIGKILL");
    for (const port of this.#ports) port.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The promise's value, undefined when the time is over, or the guest's death. */
  async #within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), ms);
    });
    try {
      return await Promise.race([promise, over, this.#died]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The last lines of the guest's console. */
  #console(): string {
    try {
      return readFileSync(join(this.#folder, "console"), "utf8")
        .replaceAll("\r", "")
        .trimEnd()
        .split("\n")
        .slice(-40)
        .join("\n");
    } catch {
      return "";
    }
  }
}

function qemuArguments(tree: KernelTree, folder: string): string[] {
  const port = (n: number) => [
    ...["-chardev", `socket,id=port${n},path=${join(folder, `port${n}`)}`],
    ...["-device", `virtserialport,nr=${n},chardev=port${n}`],
  ];
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max"],
    // One processor. Of two, qemu 7.2 had one run into a breakpoint that the kernel had just taken out of its code (of a static key, in __schedule of 6.12), twice in three runs of all suites; and a
    // twin needs the machine's other one.
    ...["-m", String(MEMORY_MB), "-smp", "1"],
    ...["-kernel", tree.image, "-initrd", join(folder, "initramfs")],
    ...["-append", KERNEL_ARGUMENTS.join(" ")],
    ...["-serial", `file:${join(folder, "console")}`],
    ...["-device", "virtio-serial-pci", ...port(1), ...port(2), ...port(3)],
    ...["-fsdev", "local,id=host,path=/,security_model=none,multidevs=remap,readonly=on"],
    ...["-device", "virtio-9p-pci,fsdev=host,mount_tag=host"],
  ];
}
