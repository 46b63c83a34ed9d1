import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { CapabilityNeed } from "../capabilities/needs.js";
import { ModuleError, messageOf } from "../errors.js";
import { sha256 } from "../inspect/hash.js";
import { permissionsOf } from "../policy/file/permissions.js";
import type { LeastPolicy } from "../policy/generate/generate.js";
import type { Permissions, Policy } from "../policy/model/policy.js";
import type { Use } from "../policy/model/use.js";
import type { StartOptions } from "../runtime/options.js";
import type { Running } from "../runtime/running.js";
import { start } from "../runtime/start.js";
import { readSections } from "../wasm/sections.js";
import { type CheckedModule, checkModule } from "./checks.js";
import type { ModuleDescription } from "./description.js";
import { readModuleFile } from "./read.js";

/** How {@link Module.fromBytes} calls a module, and where its source map is. */
export interface ModuleOptions {
  /** What messages call it, and its argument 0. Default: `"module"`. */
  readonly name?: string;
  /** The source map as JSON text, or a function that reads it. It is asked for only when the module traps. */
  readonly sourceMap?: string | (() => Promise<string | undefined>);
}

/**
 * A wbpf module that has passed every check that is possible before it runs. It may be started many times, each time in a sandbox of its own.
 */
export class Module {
  /** What messages call it: the file's name, or what {@link Module.fromBytes} was told. */
  readonly name: string;
  /** What it says of itself; `undefined` for a module that imports nothing from `wbpf` and does not say. */
  readonly description: ModuleDescription | undefined;
  /** SHA-256 of the whole file, 64 hexadecimal digits: what policies, roles and audit records know it by. */
  readonly digest: string;
  readonly #bytes: Uint8Array;
  readonly #compiled: WebAssembly.Module;
  readonly #widePointers: boolean;
  readonly #sourceMap: () => Promise<string | undefined>;

  private constructor(
    name: string,
    bytes: Uint8Array,
    compiled: WebAssembly.Module,
    { description, widePointers }: CheckedModule,
    sourceMap: () => Promise<string | undefined>,
  ) {
    this.name = name;
    this.description = description;
    this.digest = sha256(bytes);
    this.#bytes = bytes;
    this.#compiled = compiled;
    this.#widePointers = widePointers;
    this.#sourceMap = sourceMap;
  }

  /**
   * Reads, compiles and checks a `.wasm` file. Nothing of it runs. Its source map, `FILE.map`, is read only when it traps.
   * @throws {@link ModuleError} with one sentence when it cannot run here
   */
  static async load(file: string | URL): Promise<Module> {
    const path = file instanceof URL ? fileURLToPath(file) : file;
    const bytes = await readModuleFile(path);
    return Module.fromBytes(bytes, {
      name: basename(path),
      sourceMap: () => readFile(`${path}.map`, "utf8").catch(() => undefined),
    });
  }

  /**
   * Compiles and checks a module that is already in memory. Nothing of it runs.
   * @throws {@link ModuleError} with one sentence when it cannot run here
   */
  static async fromBytes(bytes: Uint8Array, options: ModuleOptions = {}): Promise<Module> {
    const name = options.name ?? "module";
    const { sourceMap } = options;
    try {
      const sections = readSections(bytes);
      const compiled = await WebAssembly.compile(bytes).catch((cause: unknown) => {
        throw new ModuleError("MODULE_INVALID", `V8 refuses it: ${v8Reason(cause)}`, { cause });
      });
      const checked = checkModule(compiled, bytes, sections);
      const readMap = typeof sourceMap === "function" ? sourceMap : async () => sourceMap;
      return new Module(name, bytes, compiled, checked, readMap);
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      throw new ModuleError(error.code, `cannot run ${name}: ${error.message}`, {
        cause: error.cause,
      });
    }
  }

  /**
   * The least set of Linux capabilities with which it runs here, and what each is for. `planOf` and {@link StartOptions.capabilities} keep to it.
   * @param policy what it is granted; what it is not it needs no capability for. Default: everything
   * @throws BpfError when the host's addon cannot be loaded
   */
  async capabilityNeeds(policy?: Policy): Promise<readonly CapabilityNeed[]> {
    // What only some callers want, and takes a while to load.
    const { moduleNeeds } = await import("../capabilities/module-needs.js");
    return moduleNeeds(this.#bytes, policy, this.#asks());
  }

  /**
   * The least policy under which it can do what it contains, as far as its bytes tell: for a person to review, and to narrow where only a run can tell.
   * @param recorded what an audit recorded that it used: then that alone is granted
   * @throws BpfError libbpf refuses one of its BPF objects
   */
  async leastPolicy(recorded?: readonly Use[]): Promise<LeastPolicy> {
    const { generatePolicy } = await import("../policy/generate/generate.js");
    const { name, description } = this;
    return generatePolicy({ name, bytes: this.#bytes, description, recorded });
  }

  #asks(): Permissions | undefined {
    const asked = this.description?.permissions;
    return asked && permissionsOf(asked, () => "the module's manifest");
  }

  /**
   * Starts it in a Worker of its own.
   * @throws {@link UsageError} when an option makes no sense, {@link HostError} when the backend cannot be loaded, {@link ModuleError} `MODULE_MANIFEST` when it
   * contains what it does not ask for
   */
  start(options: StartOptions = {}): Running {
    return start(
      {
        name: this.name,
        digest: this.digest,
        asks: this.#asks(),
        description: this.description,
        bytes: this.#bytes,
        compiled: this.#compiled,
        widePointers: this.#widePointers,
        readSourceMap: this.#sourceMap,
      },
      options,
    );
  }
}

/** V8's message without the name of the function that was called. */
function v8Reason(error: unknown): string {
  return messageOf(error).replace(/^WebAssembly\.\w+\(\): /, "");
}
