import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, unlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { BpfError } from "../backend/backend.js";
import { lacking, missingOf } from "../backend/kernel/explain/capabilities.js";
import { inspectObject, type ObjectDescription } from "../backend/kernel/inspect.js";
import { KernelBackend } from "../backend/kernel/kernel-backend.js";
import type { CapabilityNeed } from "../capabilities/needs.js";
import { ownCapabilities } from "../capabilities/own.js";
import { ModuleError, messageOf } from "../errors.js";
import { Module } from "../module/module.js";
import { type Answer, no, unknown, YES } from "../probe/answer.js";
import { probeAttachKinds } from "../probe/attach.js";
import { attachKindOf } from "../probe/attach-kinds.js";
import { mountOf } from "../probe/mounts.js";
import { readMemoryImage } from "../wasm/data.js";
import { findBpfObjects } from "../wasm/elf.js";
import { readSections } from "../wasm/sections.js";
import { type Finding, finding } from "./finding.js";

/** Whether a module will run here. */
export interface Verdict {
  /** The file's name. */
  readonly name: string;
  /** `"no"` if one finding is, else `"unknown"` if one is. */
  readonly runs: Answer["state"];
  readonly findings: readonly Finding[];
}

/**
 * Says whether a module will run here: its imports and its ABI are checked as before a run, its BPF objects are loaded into the kernel and thrown away, and what
 * its programs attach to is looked for. None of its programs is attached, and nothing of the module itself runs; so what it changes before it loads an object is
 * not known here.
 * @throws ModuleError if there is no such file
 */
export async function examineModule(path: string): Promise<Verdict> {
  const name = basename(path);
  const findings: Finding[] = [];
  const verdict = (): Verdict => ({ name, runs: worst(findings), findings });
  let module: Module;
  try {
    module = await Module.load(path);
  } catch (error) {
    if (!(error instanceof ModuleError) || error.code === "MODULE_UNREADABLE") throw error;
    findings.push(finding("module", no(messageOf(error).replace(`cannot run ${name}: `, ""))));
    return verdict();
  }
  const abi = module.description?.abi;
  findings.push(finding("module", YES, abi === undefined ? undefined : `ABI ${abi}`));
  const bytes = await readFile(path);
  findings.push(...neededCapabilities(await module.capabilityNeeds()));
  const objects = findBpfObjects(readMemoryImage(bytes, readSections(bytes)));
  const kinds = objects.length > 0 ? probeAttachKinds() : new Map<string, Answer>();
  for (const [i, object] of objects.entries()) {
    const label = module.description?.objects[i]?.name ?? `object${i}`;
    findings.push(...examineObject(object, label, kinds));
  }
  return verdict();
}

/** What `wbpf run` keeps for it, and whether this process has it. */
function neededCapabilities(needs: readonly CapabilityNeed[]): Finding[] {
  const { effective } = ownCapabilities();
  return needs.map(({ capability, purpose, until }) => {
    const detail = `${until === "end" ? "to the end" : "until it has attached"}, to ${purpose}`;
    const lacks = missingOf([capability], effective);
    return finding(capability, lacks.length === 0 ? YES : unknown(lacking(lacks)), detail);
  });
}

function worst(findings: readonly Finding[]): Answer["state"] {
  const states = findings.map(({ answer }) => answer.state);
  return states.includes("no") ? "no" : states.includes("unknown") ? "unknown" : "yes";
}

function examineObject(
  bytes: Uint8Array,
  name: string,
  kinds: ReadonlyMap<string, Answer>,
): Finding[] {
  let description: ObjectDescription;
  try {
    description = inspectObject(bytes, name);
  } catch (error) {
    return [finding(`object ${name}`, no(messageOf(error)))];
  }
  const { programs, maps } = description;
  const counts = `${programs.length} programs, ${maps.length} maps`;
  const pins = maps.some(({ pinned }) => pinned);
  return [
    finding(`object ${name}`, load(bytes, name, pins), counts),
    ...programs
      .filter(({ autoload }) => autoload)
      .map((program) => finding(program.name, attachable(program.section, kinds), program.section)),
  ];
}

/** Loads an object into the kernel and throws it away. */
function load(bytes: Uint8Array, name: string, pins: boolean): Answer {
  const pinRoot = pins ? pinFolder() : undefined;
  const memory = new WebAssembly.Memory({ initial: 1 });
  try {
    const session = new KernelBackend().createSession({ memory, stopFd: -1 });
    try {
      session.openObject(bytes, { name, ...(pinRoot === undefined ? {} : { pinRoot }) }).load();
      return YES;
    } finally {
      session.close();
    }
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    const lacks = /this process lacks/.test(error.message);
    return lacks ? unknown(error.message) : no(error.message);
  } finally {
    if (pinRoot !== undefined) {
      for (const file of readdirSync(pinRoot)) unlinkSync(join(pinRoot, file));
      rmdirSync(pinRoot);
    }
  }
}

/** A folder for the pins that an object asks for, apart from everybody else's. */
function pinFolder(): string | undefined {
  const root = mountOf("bpf");
  try {
    return root === undefined ? undefined : mkdtempSync(join(root, "wbpf-doctor-"));
  } catch {
    return undefined;
  }
}

/** Whether the kernel can attach a program of this section, and has what the section names. */
function attachable(section: string, kinds: ReadonlyMap<string, Answer>): Answer {
  const kind = attachKindOf(section);
  const answer = kind && kinds.get(kind.name);
  if (answer !== undefined && answer.state !== "yes") return answer;
  return missingTarget(section) ?? YES;
}

/** What the section names and this machine does not have. Tracing and LSM targets are looked up by libbpf as it loads the object. */
function missingTarget(section: string): Answer | undefined {
  const [, kind = "", target = ""] = /^([\w.]+)\/(.*)$/.exec(section) ?? [];
  switch (kind) {
    case "tp":
    case "tracepoint":
      return target === "" ? undefined : tracepoint(target);
    case "kprobe":
    case "kretprobe":
      return target === "" ? undefined : kernelFunction(target);
    case "uprobe":
    case "uretprobe":
    case "uprobe.s":
    case "uretprobe.s":
    case "usdt":
      return target.startsWith("/") ? file(target.replace(/:.*$/, "")) : undefined;
    default:
      return undefined;
  }
}

function tracepoint(target: string): Answer | undefined {
  const root = mountOf("tracefs");
  if (root === undefined || !existsSync(`${root}/events`)) return undefined;
  if (existsSync(`${root}/events/${target}/id`)) return undefined;
  return no(`this kernel has no tracepoint ${target}`, `ls ${root}/events shows those that it has`);
}

function kernelFunction(target: string): Answer | undefined {
  const name = target.replace(/[+].*$/, "");
  let symbols: string;
  try {
    symbols = readFileSync("/proc/kallsyms", "utf8");
  } catch {
    return undefined;
  }
  if (
    symbols === "" ||
    new RegExp(` [tTwW] ${name.replace(/[^\w]/g, "\\$&")}(\\s|$)`, "m").test(symbols)
  ) {
    return undefined;
  }
  return no(
    `this kernel has no function ${name}`,
    "it may be inlined, or have another name in this release",
  );
}

function file(path: string): Answer | undefined {
  return existsSync(path) ? undefined : no(`there is no file ${path}`);
}
