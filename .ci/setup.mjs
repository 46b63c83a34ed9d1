/**
 * Makes a fresh clone ready to run: Debian packages, npm packages, the addon, the TypeScript build. Each step looks first whether there is anything to do, so a
 * second run takes about a second. Plain JavaScript without dependencies, because nothing is installed yet when it runs.
 *
 * `node .ci/setup.mjs` by itself only prepares; start.mjs and test.mjs call {@link setUp}.
 */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const logs = join(root, ".setup");

/** What a build needs of the system: a Debian package, and a file or command that shows that it is there. */
const PACKAGES = [
  { name: "clang", command: "clang" },
  { name: "llvm", command: "llvm-strip" },
  { name: "g++", command: "g++" },
  { name: "make", command: "make" },
  { name: "libbpf-dev", file: "/usr/include/bpf/libbpf.h" },
  { name: "linux-libc-dev", file: "/usr/include/linux/bpf.h" },
];
/** What only the tests need. */
const TEST_PACKAGES = [
  { name: "clang-format", command: "clang-format" },
  // Network namespaces for what attaches to interfaces.
  { name: "iproute2", command: "ip" },
  // C guests for the published wasm_bpf ABI: test/wasm-bpf.
  { name: "lld", command: "wasm-ld" },
  { name: "wasi-libc", file: "/usr/lib/wasm32-wasi/libc.a" },
  { name: "libclang-rt-dev-wasm32", file: "/usr/share/doc/libclang-rt-dev-wasm32" },
  // Portable modules on an engine that is not V8.
  { name: "wabt", command: "wasm2c" },
  // Other kernels, under emulation: test/vm.
  { name: "qemu-system-x86", command: "qemu-system-x86_64" },
  { name: "kmod", file: "/sbin/modprobe" },
  { name: "xz-utils", command: "xz" },
  { name: "zstd", command: "zstd" },
];

/** File systems that attaching and pinning need. */
const MOUNTS = [
  { type: "tracefs", at: "/sys/kernel/tracing", probe: "/sys/kernel/tracing/events" },
  { type: "bpf", at: "/sys/fs/bpf" },
];

/** A failure that has been explained: printed as it is, without a stack. */
class SetupError extends Error {}

export const isRoot = () => process.getuid?.() === 0;

function inPath(command) {
  return (process.env.PATH ?? "")
    .split(":")
    .some((folder) => folder && existsSync(join(folder, command)));
}

function missing(packages) {
  return packages
    .filter((p) => !(p.command ? inPath(p.command) : existsSync(p.file)))
    .map((p) => p.name);
}

function isMounted({ type, at, probe }) {
  if (probe && existsSync(probe)) return true;
  return readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[1] === at && line.split(" ")[2] === type);
}

/** Runs one step with its output in a log; the last lines of the log are shown if it fails. */
function step(title, command, args, options = {}) {
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `${title.split(" ")[0]}.log`);
  const started = Date.now();
  process.stderr.write(`set-up: ${title} …`);
  const file = openSync(log, "w");
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", file, file], ...options });
    const end = (problem) => {
      closeSync(file);
      process.stderr.write(
        problem ? " failed\n" : ` ${((Date.now() - started) / 1000).toFixed(1)} s\n`,
      );
      if (!problem) return resolve();
      const tail = readFileSync(log, "utf8").trimEnd().split("\n").slice(-25).join("\n");
      reject(
        new SetupError(
          `${tail}\nset-up: ${command} ${args.join(" ")}: ${problem}; all of its output is in ${log}`,
        ),
      );
    };
    child.on("error", (error) => end(error.code === "ENOENT" ? "not found" : error.message));
    child.on("exit", (code, signal) =>
      end(code === 0 ? undefined : signal ? `ended by ${signal}` : `exit code ${code}`),
    );
  });
}

/** What an administrator has to do first, as commands. */
function administratorsCommands(packages, mounts, needsRoot, command) {
  const lines = [];
  if (packages.length > 0) {
    if (!inPath("apt-get")) {
      throw new SetupError(
        `set-up: this system has no apt-get. Install what Debian calls ${packages.join(", ")} with its own package manager, then run this again.`,
      );
    }
    lines.push(
      "sudo apt-get update",
      `sudo apt-get install -y --no-install-recommends ${packages.join(" ")}`,
    );
  }
  for (const { type, at } of mounts) lines.push(`sudo mount -t ${type} ${type} ${at}`);
  if (needsRoot) lines.push(`sudo ${command}`);
  return lines;
}

/** Whether npm's last installation is older than the lock file. */
function npmIsStale() {
  const installed = join(root, "node_modules/.package-lock.json");
  return (
    !existsSync(installed) ||
    statSync(installed).mtimeMs < statSync(join(root, "package-lock.json")).mtimeMs
  );
}

/**
 * @param {{ tests?: boolean, needsRoot?: boolean, command: string }} options `command` is what the user typed, for messages
 */
export async function setUp({ tests = false, needsRoot = false, command }) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(
      `set-up: Node.js ${process.versions.node} is too old: 20.19 or newer is needed.`,
    );
  }
  if (process.platform !== "linux")
    throw new SetupError("set-up: eBPF is part of Linux: this system is something else.");

  const packages = missing(tests ? [...PACKAGES, ...TEST_PACKAGES] : PACKAGES);
  const mounts = MOUNTS.filter((mount) => !isMounted(mount));
  if (!isRoot() && (packages.length > 0 || needsRoot)) {
    const lines = administratorsCommands(packages, mounts, needsRoot, command);
    const why = needsRoot
      ? "Loading eBPF programs needs root."
      : "Packages of the system are missing.";
    throw new SetupError(
      `set-up: ${why} An administrator has to run:\n\n${lines.map((l) => `  ${l}`).join("\n")}\n`,
    );
  }

  if (packages.length > 0) {
    administratorsCommands(packages, [], false, command);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await step("apt-get update", "apt-get", ["update"], { env });
    await step(
      `packages ${packages.join(" ")}`,
      "apt-get",
      ["install", "-y", "--no-install-recommends", ...packages],
      { env },
    );
  }
  if (isRoot()) {
    for (const { type, at } of mounts) {
      const { status, stderr } = spawnSync("mount", ["-t", type, type, at], { encoding: "utf8" });
      // A container may not be allowed to: the tool says then what is missing, if it needs it at all.
      process.stderr.write(
        status === 0
          ? `set-up: mounted ${type} on ${at}\n`
          : `set-up: could not mount ${type} on ${at}: ${stderr.trim()}\n`,
      );
    }
  }
  // Not `npm ci`: it refuses a lock file that lacks the packages of other systems, which some registries do not serve.
  if (npmIsStale())
    await step("npm install", "npm", ["install", "--no-save", "--no-audit", "--no-fund"]);
  await makeAddon();
  await compile();
}

async function makeAddon() {
  const { status } = spawnSync("make", ["-q", "-C", "host/addon"], { cwd: root, stdio: "ignore" });
  if (status !== 0) await step("addon", "make", ["-j2", "-C", "host/addon"]);
}

/** `tsc -b` looks by itself what is older than its sources. */
async function compile() {
  const tsc = join(root, "node_modules/.bin/tsc");
  const dry = spawnSync(tsc, ["-b", "--dry"], { cwd: root, encoding: "utf8" });
  if (dry.status !== 0 || /would build/i.test(dry.stdout)) await step("typescript", tsc, ["-b"]);
  await step("bundle", "node", ["host/bundle.mjs"]);
}

/** Runs `main`; a failure that explains itself ends the process with 1 and no stack. */
export async function explain(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await explain(() => setUp({ command: "npm run setup" }));
}
