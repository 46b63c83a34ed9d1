import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { CodegenError, inFile } from "../errors.js";
import type { PortableTarget } from "../portable/index.js";
import { compileModule, compilerArguments, loadCompiler } from "./asc.js";
import { DEFAULT_ASCONFIG, findAsconfig, wantsCollector } from "./asconfig.js";
import {
  clangArguments,
  compile,
  findClang,
  findStrip,
  parseDependencies,
  strip,
} from "./clang.js";
import { sha256, shown, writeAtomically, writeIfChanged } from "./files.js";
import { Manifest } from "./manifest.js";
import type { BuildOptions, BuildResult, BuiltObject } from "./options.js";
import { type BpfSource, readToolFolder, type ToolFolder } from "./project.js";
import { findSdk, type Sdk } from "./sdk.js";
import { ABI_VERSION, describe } from "./section.js";
import { toolVersion } from "./tool-version.js";
import { INCLUDE, programKey } from "./version.js";
import { needsVmlinuxHeader, vmlinuxFolder } from "./vmlinux.js";

/** Where a tool's author says what only a run can tell. */
const PERMISSIONS = "permissions.yaml";

/**
 * Builds the tool in a folder: each `NAME.bpf.c` by clang to an object, each object to bindings `NAME.bpf.ts` beside its source, and `main.ts` with all
 * that it imports by asc to one module, which carries the objects. What has not changed since the last build is not done again.
 *
 * @throws CodegenError one sentence; diagnostics of clang and asc have gone to `onDiagnostics` before
 */
export async function build(folder: string, options: BuildOptions = {}): Promise<BuildResult> {
  if (options.shared && options.portable) {
    throw new CodegenError(
      "CONFLICTING_OPTIONS",
      "a module is either shared or portable: only hosts of wbpf suspend a module, so build without --shared or without --portable",
    );
  }
  return new Build(readToolFolder(folder), options).run();
}

class Build {
  private readonly tool: ToolFolder;
  private readonly options: BuildOptions;
  private readonly output: string;
  private readonly sdk: Sdk;
  private readonly manifest: Manifest;
  private readonly program = programKey();
  private readonly show: (text: string) => void;
  private readonly rebuilt: string[] = [];
  private readonly times: string[] = [];
  /** Why the module has a garbage collector. */
  private collector: string | undefined;
  /** What makes objects for each record. */
  private made: string | undefined;

  constructor(tool: ToolFolder, options: BuildOptions) {
    this.tool = tool;
    this.options = options;
    const file = `${tool.name}${options.portable ? ".portable" : ""}.wasm`;
    this.output = path.resolve(options.output ?? path.join(tool.buildFolder, file));
    this.sdk = findSdk(tool.folder);
    const record = path.join(tool.buildFolder, "manifest.json");
    this.manifest = new Manifest(record, tool.folder, options.force ?? false);
    this.show = options.onDiagnostics ?? ((text): void => void process.stderr.write(text));
  }

  async run(): Promise<BuildResult> {
    try {
      await this.timed("clang", () =>
        Promise.all(this.tool.sources.map((source) => this.compileSource(source))),
      );
      await this.timed("bindings", async () => {
        for (const source of this.tool.sources) await this.generate(source);
      });
      const objects = this.tool.sources.map(builtObject);
      const map = this.options.debug ? `${this.output}.map` : undefined;
      await this.timed("asc", () => this.compileMain(objects, map));
      if (this.options.noAllocation) this.checkAllocation();
      const result = {
        name: this.tool.name,
        wasm: this.output,
        map,
        wasmSize: statSync(this.output).size,
        collector: this.collector,
        objects,
        rebuilt: this.rebuilt,
      };
      this.options.onProgress?.(this.summary(result));
      return result;
    } finally {
      // Steps that succeeded before another failed need not be done again.
      this.manifest.save();
    }
  }

  private async compileSource(source: BpfSource): Promise<void> {
    const clang = findClang();
    const strips = findStrip(clang);
    const { folder } = this.tool;
    const vmlinux = needsVmlinuxHeader(source.file, source.text)
      ? [await vmlinuxFolder(folder, this.options.vmlinuxHeader)]
      : [];
    const settings = {
      clang,
      source: source.file,
      output: source.object,
      dependencies: `${source.object}.d`,
      includes: [folder, INCLUDE, ...vmlinux],
      extra: this.options.clangArguments ?? [],
      cwd: process.cwd(),
    };
    // Colours and the working directory change nothing of the object.
    const args = clangArguments({ ...settings, cwd: folder }).filter(
      (arg) => arg !== "-fcolor-diagnostics",
    );
    const key = sha256(JSON.stringify([...[clang, strips].map(programStamp), ...args]));
    const step = `object ${source.name}`;
    if (this.manifest.upToDate(step, key) !== undefined) return;

    void loadCompiler();
    rmSync(source.object, { force: true });
    writeAtomically(settings.dependencies, "");
    await compile(settings, this.show);
    if (strips === undefined) {
      this.show(
        `note: llvm-strip was not found, so ${shown(source.object)} keeps its DWARF and is several times larger than it has to be: install llvm\n`,
      );
    } else {
      await strip(strips, source.object);
    }
    const inputs = parseDependencies(readFileSync(settings.dependencies, "utf8")).map((file) =>
      path.resolve(file),
    );
    rmSync(settings.dependencies, { force: true });
    this.manifest.record(step, { key, inputs, outputs: [source.object], facts: {} });
    this.rebuilt.push(source.object);
  }

  private async generate(source: BpfSource): Promise<void> {
    const { types = [], events = {} } = this.options;
    const key = sha256(JSON.stringify([this.program, types, Object.entries(events).sort()]));
    const step = `bindings ${source.name}`;
    if (this.manifest.upToDate(step, key) !== undefined) return;

    const { generateBindings } = await import("../emit/index.js");
    const { text, warnings } = inFile(shown(source.file), () =>
      generateBindings(readFileSync(source.object), {
        name: source.name,
        object: path.basename(source.object),
        types,
        events,
      }),
    );
    for (const warning of warnings) this.show(`${shown(source.file)}: warning: ${warning}\n`);
    if (writeIfChanged(source.bindings, text)) this.rebuilt.push(source.bindings);
    this.manifest.record(step, {
      key,
      inputs: [source.object],
      outputs: [source.bindings],
      facts: {},
    });
  }

  private async compileMain(
    objects: readonly BuiltObject[],
    map: string | undefined,
  ): Promise<void> {
    const { folder, name } = this.tool;
    const portable = this.options.portable ? await this.portableTarget() : undefined;
    const debug = this.options.debug ?? false;
    const { shared = false } = this.options;
    const settings = { folder, output: this.output, debug, portable, shared };
    const config = findAsconfig(folder);
    const args = compilerArguments(
      { ...settings, output: path.basename(this.output), folder: "" },
      config === undefined ? JSON.stringify(DEFAULT_ASCONFIG) : path.relative(folder, config),
    );
    const version = toolVersion(folder);
    const asks = this.options.findPermissions !== undefined;
    const key = sha256(
      JSON.stringify([this.program, this.sdk.version, name, version, args, asks, shared]),
    );
    const said = path.join(folder, PERMISSIONS);
    const step = `module ${path.relative(folder, this.output)}`;
    const known = this.manifest.upToDate(step, key);
    if (known !== undefined) {
      const { collector, made } = known.facts;
      this.collector = typeof collector === "string" ? collector : undefined;
      this.made = typeof made === "string" ? made : undefined;
      return;
    }

    const compiled = await compileModule(settings, this.show);
    const permissions = await this.options.findPermissions?.({
      wasm: compiled.wasm,
      objects,
      attached: compiled.attached,
      said: existsSync(said) ? { file: shown(said), text: readFileSync(said, "utf8") } : undefined,
    });
    const description = {
      abi: ABI_VERSION,
      name,
      ...(version !== undefined && { version }),
      sdk: this.sdk.version,
      objects: objects.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
      ...(permissions !== undefined && { permissions }),
    };
    writeAtomically(this.output, describe(compiled.wasm, description));
    if (map !== undefined && compiled.map !== undefined) writeAtomically(map, compiled.map);
    else rmSync(`${this.output}.map`, { force: true });
    this.manifest.record(step, {
      key,
      inputs: [...compiled.inputs, said],
      outputs: [this.output, ...(map === undefined ? [] : [map])],
      facts: {
        ...(compiled.collector !== undefined && { collector: compiled.collector }),
        ...(compiled.made !== undefined && { made: compiled.made }),
      },
    });
    this.collector = compiled.collector;
    this.made = compiled.made;
    this.rebuilt.push(this.output);
  }

  /** The module has been written: what is wrong with it can be tried. */
  private checkAllocation(): void {
    const main = shown(path.join(this.tool.folder, "main.ts"));
    const { debug, portable } = this.options;
    const unknown =
      debug || portable || wantsCollector(findAsconfig(this.tool.folder))
        ? "a debug build, a portable one and one whose asconfig.json names a runtime are not looked at"
        : this.collector;
    if (unknown !== undefined)
      throw new CodegenError(
        "ALLOCATES",
        `${main}: nobody can say that handling a record makes no objects: ${unknown}`,
      );
    if (this.made !== undefined)
      throw new CodegenError(
        "ALLOCATES",
        `${main}: handling a record makes objects: ${this.made}: use numbers, views and arrays that main made`,
      );
  }

  private async portableTarget(): Promise<PortableTarget> {
    const { PortableTarget } = await import("../portable/index.js");
    return new PortableTarget(this.tool.sources, this.options.debug ?? false);
  }

  private async timed(label: string, work: () => Promise<unknown>): Promise<void> {
    const before = this.rebuilt.length;
    const start = performance.now();
    await work();
    if (this.rebuilt.length > before)
      this.times.push(`${label} ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }

  private summary(result: BuildResult): string {
    const carried = result.objects.reduce((sum, object) => sum + object.size, 0);
    const object = result.objects.length === 1 ? "object" : `${result.objects.length} objects`;
    const size = `${shown(result.wasm)} ${kilobytes(result.wasmSize)}${carried > 0 ? ` (${object} ${kilobytes(carried)})` : ""}`;
    const collector =
      result.collector === undefined ? "" : `, with a garbage collector: ${result.collector}`;
    return this.times.length === 0
      ? `${result.name}: up to date: ${size}`
      : `${result.name}: ${this.times.join(", ")} → ${size}${collector}`;
  }
}

function builtObject(source: BpfSource): BuiltObject {
  const bytes = readFileSync(source.object);
  return { name: source.name, file: source.object, size: bytes.length, sha256: sha256(bytes) };
}

/** A program's place, size and time: asking it for its version would take longer than all the rest of a build with nothing to do. */
function programStamp(file: string | undefined): string {
  if (file === undefined) return "";
  const { size, mtimeMs } = statSync(file);
  return `${file} ${size} ${mtimeMs}`;
}

function kilobytes(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} KB`;
}
