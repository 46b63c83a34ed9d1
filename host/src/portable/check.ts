import type { ModuleInspection } from "../inspect/inspect.js";
import type { ObjectInspection } from "../inspect/object.js";
import { WASI_SIGNATURES } from "../wasi/signatures.js";
import { describeSignature } from "../wasm/signatures.js";
import {
  CALLBACK_WRAPPER_SIGNATURES,
  GO_CALLBACK,
  MAP_OPERATE,
  WASM_BPF_SIGNATURES,
} from "../wasm-bpf/signatures.js";
import { ALL_HOSTS, type PortableHost } from "./hosts.js";

/** Why a module could not run on a host, or could not do all that it does here. */
export interface PortabilityProblem {
  readonly hosts: readonly PortableHost[];
  /** A sentence without its final full stop. */
  readonly text: string;
}

/** An import, as a module declares it. */
interface PortableImport {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
  readonly signature: string;
}

/** What the check looks at. */
export interface PortableModule {
  /** With their types as `WasmImport` writes them. */
  readonly imports: readonly PortableImport[];
  readonly exports: readonly { readonly name: string; readonly kind: string }[];
  /** The BPF objects that it carries. */
  readonly objects: readonly ObjectInspection[];
}

/** The name that Rust's host asks the table for. */
const TABLE = "__indirect_function_table";
const BUFFERS: readonly string[] = ["ringbuf", "perf_event_array"];
/** Sections whose programs need a target, and that Rust's and C++'s hosts know: exactly these names. */
const TARGETS: readonly string[] = ["xdp", "sockops"];
/** Program types that libbpf cannot attach by their section, as libbpf calls them. */
const NEED_TARGET: readonly string[] = [
  "socket_filter",
  "sched_cls",
  "sched_act",
  "xdp",
  "sock_ops",
  "cgroup_skb",
  "cgroup_sock",
  "cgroup_sock_addr",
  "cgroup_sockopt",
  "cgroup_sysctl",
  "cgroup_device",
  "sk_skb",
  "sk_msg",
  "sk_lookup",
  "perf_event",
];

/** {@link checkPortable} for what `wbpf inspect` found. */
export function checkInspection({
  imports,
  exports,
  objects,
}: ModuleInspection): PortabilityProblem[] {
  const typed = imports.map(({ module, name, kind, type }) => ({
    module,
    name,
    kind,
    signature: type,
  }));
  return checkPortable({ imports: typed, exports, objects });
}

/** Every reason why a module could not run on each of the other hosts of the published ABI (docs/portable.md). Empty: it runs on all. */
export function checkPortable(module: PortableModule): PortabilityProblem[] {
  return [
    ...module.imports.flatMap(checkImport),
    ...checkPointers(module.imports),
    ...checkExports(module),
    ...module.objects.flatMap(checkObject),
  ];
}

const on = (hosts: readonly PortableHost[], text: string): PortabilityProblem => ({ hosts, text });

function checkImport({ module, name, kind, signature }: PortableImport): PortabilityProblem[] {
  const label = `'${module}.${name}'`;
  if (module === "wbpf") {
    return [
      on(ALL_HOSTS, `it imports ${label}, which only this host has: build it with --portable`),
    ];
  }
  if (module === "env" && name === "abort") {
    return [
      on(
        ALL_HOSTS,
        `it imports 'env.abort': give asc a handler of the module's own (--use abort=…)`,
      ),
    ];
  }
  if (kind !== "function")
    return [on(ALL_HOSTS, `it imports ${label}, a ${kind}, and they give functions only`)];
  const served =
    module === "wasm_bpf"
      ? WASM_BPF_SIGNATURES[name]
      : module === "wasi_snapshot_preview1"
        ? one(WASI_SIGNATURES, name)
        : module === "callback-wrapper"
          ? CALLBACK_WRAPPER_SIGNATURES[name]
          : undefined;
  if (served === undefined) return [on(ALL_HOSTS, `it imports ${label}, which they do not have`)];
  if (!served.includes(signature)) {
    return [
      on(
        ALL_HOSTS,
        `it imports ${label} with the type ${describeSignature(signature)}, and theirs is ${served.map(describeSignature).join(" or ")}`,
      ),
    ];
  }
  if (module === "callback-wrapper") {
    return [on(["wamr", "wasmedge"], `it imports ${label}, which only Rust's host has`)];
  }
  return [];
}

function one(table: Readonly<Record<string, string>>, name: string): readonly string[] | undefined {
  const type = Object.hasOwn(table, name) ? table[name] : undefined;
  return type === undefined ? undefined : [type];
}

function checkPointers(imports: readonly PortableImport[]): PortabilityProblem[] {
  const wide = imports.some(
    ({ module, name, signature }) =>
      module === "wasm_bpf" && name === "wasm_bpf_map_operate" && signature === MAP_OPERATE.wide,
  );
  return wide
    ? [
        on(
          ["wamr", "wasmedge"],
          "it gives 'wasm_bpf_map_operate' 64-bit pointers, as the SDKs for Rust and Go do, and these hosts take 32-bit ones",
        ),
      ]
    : [];
}

function checkExports({ imports, exports }: PortableModule): PortabilityProblem[] {
  const problems: PortabilityProblem[] = [];
  const kind = (name: string) => exports.find((entry) => entry.name === name)?.kind;
  if (kind("memory") !== "memory")
    problems.push(on(ALL_HOSTS, "it does not export its memory as 'memory'"));
  if (kind("_start") !== "function")
    problems.push(on(ALL_HOSTS, "it does not export the function '_start', with which they begin"));
  const polls = (from: string) =>
    imports.some(({ module, name }) => module === from && name === "wasm_bpf_buffer_poll");
  if (polls("callback-wrapper") && kind(GO_CALLBACK) !== "function") {
    problems.push(
      on(["wasmtime"], `it does not export the function '${GO_CALLBACK}' that its records are for`),
    );
  }
  if (!polls("wasm_bpf")) return problems;
  const tables = exports.filter((entry) => entry.kind === "table");
  if (kind(TABLE) !== "table") {
    problems.push(
      on(
        ["wasmtime"],
        `it does not export its table as '${TABLE}', by which this host finds callbacks`,
      ),
    );
  }
  if (tables.length !== 1) {
    problems.push(
      on(
        ["wasmedge"],
        `it exports ${tables.length === 0 ? "no table" : `${tables.length} tables`}, and this host takes callbacks from the only one`,
      ),
    );
  }
  return problems;
}

function checkObject({ name, maps, programs }: ObjectInspection): PortabilityProblem[] {
  const problems: PortabilityProblem[] = [];
  const buffers = maps.filter(({ type }) => BUFFERS.includes(type));
  if (buffers.length > 1) {
    problems.push(
      on(
        ALL_HOSTS,
        `its object '${name}' has ${buffers.length} buffers (${buffers.map((map) => map.name).join(", ")}), and they read only the one that is polled first`,
      ),
    );
  }
  for (const map of maps) {
    if (/percpu/.test(map.type)) {
      problems.push(
        on(
          ALL_HOSTS,
          `map '${map.name}' of '${name}' is per CPU (${map.type}): a lookup writes more bytes than they check`,
        ),
      );
    }
  }
  for (const program of programs) {
    if (/^(u|k)(ret)?probe$|^usdt$/.test(program.section)) {
      problems.push(
        on(
          ALL_HOSTS,
          `they cannot attach program '${program.name}' of '${name}' (${program.section}): its section does not say what it probes`,
        ),
      );
    }
    if (!NEED_TARGET.includes(program.type)) continue;
    if (!TARGETS.includes(program.section)) {
      problems.push(
        on(
          ALL_HOSTS,
          `they cannot attach program '${program.name}' of '${name}' (${program.section}): of the sections that need a target they know only 'xdp' and 'sockops'`,
        ),
      );
    } else {
      problems.push(
        on(
          ["wasmedge"],
          `program '${program.name}' of '${name}' (${program.section}) needs a target, which this host ignores`,
        ),
      );
    }
  }
  return problems;
}
