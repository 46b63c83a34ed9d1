import { rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostileCase } from "../support/case.js";
import { copy, invert } from "../support/hidden.js";
import { objects } from "../support/objects.js";
import type { Script } from "../support/script.js";
import { tool } from "./handles.js";

const PRINTS = "host: { stdout: true }\n";
const MAPS = "maps: { types: [hash, array, percpu_array, prog_array, ringbuf] }\n";
const WATCH = "programs: { allow: [{ type: raw_tracepoint, targets: [sys_enter] }] }\n";
/** All that the tool needs. */
const TOOL = PRINTS + MAPS + WATCH;
const allow = (text: string, more = "") =>
  `${PRINTS}${MAPS}programs: { allow: [${text}]${more} }\n`;

/** `program_set`: load it with its object. */
const AUTOLOAD = 1;
/** `program_set`: its type, of `enum bpf_prog_type`. */
const TYPE = 2;
const XDP = 6;
/** `map_set` */
const MAP_TYPE = 1;
const MAX_ENTRIES = 4;

/** Opens the object whose programs do harm, and has one of them loaded. */
function grim(script: Script, name: string) {
  const object = script.opens("object_open", ...script.put(objects().grim), 0, 0);
  const program = script.call("object_find_program", object, ...script.put(name));
  script.gives(0, "program_set", program, AUTOLOAD, 1);
  return { object, program };
}

const denies = (tries: string, policy: string, name: string, sentence: RegExp): HostileCase => ({
  tries,
  policy,
  module: (script) => {
    const { object, program } = grim(script, name);
    script.refused(sentence, "object_load", object);
    script.refused(/not loaded|denied/, "program_attach", program);
  },
});

/** Attaches the program of a type that is granted, to a place that is not. */
function elsewhere(
  script: Script,
  name: string,
  kind: number,
  options: readonly (string | number)[],
  sentence: RegExp,
): void {
  const { object, program } = grim(script, name);
  script.gives(0, "object_load", object);
  const fields = options.flatMap((field) =>
    typeof field === "string" ? script.put(field) : [field],
  );
  script.refused(
    sentence,
    "program_attach_to",
    program,
    kind,
    script.words(...fields),
    fields.length * 4,
  );
}

const TRACEPOINT = 1;
const RAW_TRACEPOINT = 2;
const UPROBE = 6;
const XDP_KIND = 14;

const link = join(tmpdir(), `wbpf-hostile-link-${process.pid}`);

export const policies: readonly HostileCase[] = [
  {
    tries: "everything, without any grant",
    policy: PRINTS,
    module: (script) => {
      tool(script);
    },
    ends: /programs/,
  },
  denies("a type of program that is not granted", TOOL, "drops", /xdp/),
  denies(
    "to drop packets, granted XDP and not its effect",
    allow("{ type: xdp, targets: [lo] }"),
    "drops",
    /drop/,
  ),
  denies("to send signals, granted the program and not the effect", TOOL, "signals", /send_signal/),
  denies(
    "to write into the memory of processes",
    allow("{ type: tracepoint, targets: ['syscalls/*'] }"),
    "writes",
    /write_user/,
  ),
  denies(
    "a helper that is denied by name",
    allow(
      "{ type: raw_tracepoint, targets: ['**'] }",
      ", enforcement: [send_signal], helpers: { deny: [bpf_send_signal] }",
    ),
    "signals",
    /bpf_send_signal is denied/,
  ),
  denies("bpf(2) itself, by a program of the type syscall", TOOL, "calls", /syscall/),
  {
    tries: "a type of map that is not granted",
    policy: `${PRINTS}${WATCH}maps: { types: [hash] }\n`,
    module: (script) => {
      const object = script.call("object_open", ...script.put(objects().tool), 0, 0);
      script.refused(/map '.*' is of type/, "object_load", object);
    },
  },
  {
    tries: "to change the type of a program to one that is not granted",
    policy: TOOL,
    module: (script) => {
      const { object, program } = grim(script, "watch");
      script.call("program_set", program, TYPE, XDP);
      script.refused(/xdp|kernel type/, "object_load", object);
    },
  },
  {
    tries: "to change the type of a map to one that is not granted",
    policy: TOOL,
    module: (script) => {
      const object = script.call("object_open", ...script.put(objects().tool), 0, 0);
      const map = script.call("object_find_map", object, ...script.put("counts"));
      // BPF_MAP_TYPE_LPM_TRIE
      script.call("map_set", map, MAP_TYPE, 11);
      script.refused(/lpm_trie/, "object_load", object);
    },
  },
  {
    tries: "a map of four gigabytes",
    policy: `${PRINTS}${WATCH}maps: { types: [hash, array], maxBytes: 1Mi }\n`,
    module: (script) => {
      const object = script.call("object_open", ...script.put(objects().huge), 0, 0);
      script.refused(/bytes of maps/, "object_load", object);
    },
    audited: /mapBytes.*maxBytes/,
  },
  {
    tries: "a small map that it makes large before the load",
    policy: `${PRINTS}${WATCH}maps: { types: [hash, array, percpu_array, prog_array, ringbuf], maxBytes: 1Mi }\n`,
    module: (script) => {
      const object = script.call("object_open", ...script.put(objects().tool), 0, 0);
      const map = script.call("object_find_map", object, ...script.put("counts"));
      script.gives(0, "map_set", map, MAX_ENTRIES, 0x7fffffff);
      script.refused(/bytes of maps/, "object_load", object);
    },
  },
  {
    tries: "one map after the other, beyond their number",
    policy: `${PRINTS}${WATCH}maps: { types: ['*'], max: 12 }\n`,
    module: (script) => {
      for (let i = 0; i < 2; i++) tool(script);
      for (let i = 0; i < 10; i++) {
        const object = script.call("object_open", ...script.put(objects().tool), 0, 0);
        script.refused(/maps/, "object_load", object);
      }
    },
  },
  {
    tries: "one program after the other, beyond their number",
    policy: allow("{ type: raw_tracepoint, targets: [sys_enter] }", ", max: 2"),
    module: (script) => {
      for (let i = 0; i < 2; i++) tool(script);
      const object = script.call("object_open", ...script.put(objects().tool), 0, 0);
      script.refused(/programs/, "object_load", object);
    },
  },
  {
    tries: "more instructions than are granted",
    policy: allow("{ type: raw_tracepoint, targets: [sys_enter] }", ", maxInstructions: 4"),
    module: (script) => {
      const object = script.call("object_open", ...script.put(objects().tool), 0, 0);
      script.refused(/instructions/, "object_load", object);
    },
  },
  {
    tries: "another tracepoint than the one that is granted",
    policy: allow("{ type: tracepoint, targets: [syscalls/sys_enter_umask] }"),
    module: (script) =>
      elsewhere(
        script,
        "traces",
        TRACEPOINT,
        ["sched", "sched_switch", 0, 0],
        /sched\/sched_switch/,
      ),
  },
  {
    tries: "another raw tracepoint than the one that is granted",
    policy: allow("{ type: raw_tracepoint, targets: [sys_enter] }"),
    module: (script) =>
      elsewhere(script, "watch", RAW_TRACEPOINT, ["sched_switch", 0, 0], /sched_switch/),
  },
  {
    tries: "a tracepoint whose name climbs out of its folder",
    policy: allow("{ type: tracepoint, targets: ['syscalls/*'] }"),
    module: (script) =>
      elsewhere(script, "traces", TRACEPOINT, ["syscalls/../sched", "sched_switch", 0, 0], /./),
  },
  {
    tries: "an interface that is not granted, by its number",
    policy: allow("{ type: xdp, targets: ['wbpf-none*'] }", ", enforcement: [drop, redirect]"),
    module: (script) => elsewhere(script, "drops", XDP_KIND, [1, 0], /'lo'/),
  },
  {
    tries: "a binary that is not granted, through a link into /proc/self/root",
    policy: allow("{ type: uprobe, targets: ['/nowhere/**'] }"),
    module: (script) => {
      rmSync(link, { force: true });
      symlinkSync("/proc/self/root/bin/sh", link);
      elsewhere(
        script,
        "probes",
        UPROBE,
        [link, "main", 0, 0, 0, 0, -1, 0],
        /'\/usr\/bin\/\w*sh:main'|'\/bin\/\w*sh:main'/,
      );
      process.once("exit", () => rmSync(link, { force: true }));
    },
  },
  {
    tries: "a pin outside of its folder, by .., by links, through /proc/self/root",
    policy: `${TOOL}pins: { own: ['**'] }\n`,
    module: (script) => {
      const { map } = tool(script);
      const counts = map("counts");
      for (const path of [
        "../hostile-escape",
        "a/../../hostile-escape",
        "/sys/fs/bpf/hostile-escape",
        "/sys/fs/bpf/wbpf/hostile/../../hostile-escape",
        "/sys/fs/bpf/wbpf/beside/rb",
        "/proc/self/root/sys/fs/bpf/hostile-escape",
        "/proc/self/cwd/hostile-escape",
        "/tmp/hostile-escape",
        "hostile\0escape",
        "",
        ".",
      ]) {
        script.refused(/./, "pin", counts, ...script.put(path));
      }
    },
  },
  {
    tries: "the pin of another module",
    policy: `${TOOL}pins: { own: ['**'] }\n`,
    module: (script) => {
      const object = script.call("object_open", ...script.put(objects().tool), 0, 0);
      const map = script.call("object_find_map", object, ...script.put("counts"));
      for (const path of [
        "/sys/fs/bpf/wbpf/beside/rb",
        "../beside/rb",
        "/sys/fs/bpf/maps/secret",
      ]) {
        script.refused(/./, "map_reuse_pin", map, ...script.put(path));
      }
    },
  },
  {
    tries: "a file of the host, with no grant of files",
    policy: TOOL,
    module: (script) => {
      tool(script);
      const [bytes, length] = script.put(objects().grim);
      const object = script.call("object_open", bytes, length, 0, 0);
      const program = script.call("object_find_program", object, ...script.put("drops"));
      script.gives(0, "program_set", program, AUTOLOAD, 1);
      script.refused(/xdp/, "object_load", object);
      const [path, size] = script.put("etc/passwd");
      for (const fd of [3, 4, 0, -1]) {
        // BADF or NOTCAPABLE of WASI.
        script.gives([8, 76, 54], "path_open", fd, 0, path, size, 0, 2, 2, 0, 8);
      }
    },
  },
  {
    tries: "an object that it changed between the check and the load",
    policy: TOOL,
    module: (script) => {
      // The file shows a harmless object; what is opened is the other one, which it writes over it.
      const [first, room] = script.put(
        new Uint8Array(Math.max(objects().tool.length, objects().grim.length)),
      );
      const [harmless, harmlessSize] = script.put(objects().tool);
      const [grimBytes, size] = script.put(objects().grim.map((byte) => byte ^ 0xff));
      copy(script, first, harmless, harmlessSize);
      const object = script.opens("object_open", first, harmlessSize, 0, 0);
      copy(script, first, grimBytes, size);
      invert(script, first, size);
      // The host took a copy: what it loads is what it checked.
      script.gives(0, "object_load", object);
      const other = script.opens("object_open", first, Math.min(size, room), 0, 0);
      const program = script.call("object_find_program", other, ...script.put("drops"));
      script.gives(0, "program_set", program, AUTOLOAD, 1);
      script.refused(/xdp/, "object_load", other);
    },
  },
  {
    tries: "a description that names another object than it carries",
    policy: TOOL,
    module: (script) => {
      const { object } = grim(script, "signals");
      script.refused(/send_signal/, "object_load", object);
      const sha256 = "0".repeat(64);
      return script.build({
        custom: [
          ["wbpf", JSON.stringify({ abi: 1, objects: [{ name: "tool", size: 1, sha256 }] })],
        ],
      });
    },
  },
];
