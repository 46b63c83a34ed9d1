import { EFFECTS } from "../src/policy/model/effect.js";
import { PROGRAM_TYPES } from "../src/policy/model/program-type.js";
import { flag, list, ref, type Schema, section, TEXT, text } from "./schema.js";

const patterns = (description: string) => list({ $ref: "#/$defs/pattern" }, "a list", description);

const definitions: Record<string, Schema> = {
  text,
  pattern: {
    type: "string",
    title: "a pattern",
    description: "'*' stands for any characters but '/', '**' for any, '?' for one but '/'.",
    pattern: TEXT,
    maxLength: 4096,
  },
  count: {
    type: "integer",
    title: "a whole number",
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
  },
  size: {
    title: "a size in bytes, such as 65536, 64Ki, 16Mi or 1Gi",
    anyOf: [
      { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      { type: "string", pattern: "^[0-9]{1,12}(Ki|Mi|Gi)?$" },
    ],
  },
  duration: {
    title: "a duration, such as 500 (milliseconds), 500ms, 30s, 5m or 1h",
    anyOf: [
      { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      { type: "string", pattern: "^[0-9]{1,12}(ms|s|m|h)?$" },
    ],
  },
  grant: {
    ...section("a grant", "Programs of one type that may be loaded, and where they may attach.", {
      type: {
        title: "a program type",
        description: "What kind of program.",
        enum: PROGRAM_TYPES.map(({ name }) => name),
      },
      targets: patterns("Where they may attach. Absent: nowhere; they may only be loaded."),
      modes: list(
        {
          title: "a mode",
          enum: [...new Set(PROGRAM_TYPES.flatMap(({ modes }) => modes))],
        },
        "a list",
        "In which ways they may attach. Absent: in every way of the type.",
      ),
      sleepable: flag("Whether programs that may sleep are meant as well. Default: false."),
    }),
    required: ["type"],
    allOf: PROGRAM_TYPES.map(({ name, modes, target }) => ({
      if: { properties: { type: { const: name } }, required: ["type"] },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: {
        properties: {
          ...(target === undefined
            ? {
                targets: {
                  type: "array",
                  title: "empty, because they have no target",
                  maxItems: 0,
                },
              }
            : { targets: { description: `Each: ${target}.` } }),
          modes:
            modes.length === 0
              ? { type: "array", title: `empty, because ${name} has no modes`, maxItems: 0 }
              : { items: { title: `a mode of ${name}`, enum: modes } },
        },
      },
    })),
  },
};

/** `programs`, `maps`, `pins` and `host`: also the manifest of a module. */
const permissions: Record<string, Schema> = {
  programs: section("a section", "BPF programs: which, where, and what they may call.", {
    allow: list({ $ref: "#/$defs/grant" }, "a list of grants", "Programs that may be loaded."),
    max: ref("count", "Most programs loaded at once. Absent: no bound."),
    maxInstructions: ref("count", "Most BPF instructions of all loaded programs together."),
    helpers: section("a section", "Helper functions that programs may call.", {
      allow: patterns("Absent: every helper without an enforcement effect."),
      deny: patterns("Never these, whatever else is granted."),
    }),
    kfuncs: patterns("Functions of the kernel that programs may call by name. Absent: none."),
    enforcement: list(
      { title: "an effect", enum: EFFECTS },
      "a list of effects",
      "What programs may do to others besides watching them. Absent: nothing.",
    ),
    testRun: flag("Running programs without an event (BPF_PROG_TEST_RUN)."),
    stats: flag("Run statistics, which the kernel then takes of every program of the system."),
  }),
  maps: section("a section", "Maps: which, how many, how large.", {
    types: patterns("Types as libbpf names them, such as hash. Absent: none."),
    max: ref("count", "Most maps at once. Absent: no bound."),
    maxBytes: ref("size", "Most kernel memory of all maps together. Absent: no bound."),
    create: flag("Making maps at run time, besides those of the module's objects."),
    freeze: flag("Freezing maps, so that nobody can write them any more."),
  }),
  pins: section("a section", "Pins in the BPF file system.", {
    own: patterns("Names of pins under the module's own folder. Absent: none."),
    shared: patterns("Pins of others whose maps may be used, by absolute path. Absent: none."),
  }),
  host: section("a section", "What the module may have of the host besides BPF.", {
    stdout: flag("Writing to standard output."),
    stderr: flag("Writing to standard error."),
    clock: flag("Reading clocks."),
    random: flag("Random numbers."),
    arguments: flag("Seeing its command line."),
    environment: patterns("Names of environment variables that it may see. Absent: none."),
    files: list(
      {
        ...section("a file", "A file that it may use.", {
          path: ref("pattern", "Real and absolute."),
          access: { title: "an access", description: "How far.", enum: ["read", "write"] },
        }),
        required: ["path", "access"],
      },
      "a list of files",
      "Files that it may read or write, one by one. Absent: none.",
    ),
    metrics: flag("Publishing metrics through the host."),
    kallsyms: flag("Names and addresses of the kernel's functions."),
    symbols: patterns("Binaries whose symbols may be read, by absolute path. Absent: none."),
  }),
};

const limits = section("a section", "Bounds of the running module. Absent: no bound.", {
  memory: ref("size", "The module's memory."),
  stack: ref("size", "The stack of its thread."),
  cpu: ref("duration", "CPU time of its thread, in all."),
  callback: ref("duration", "Time between two waits."),
  wall: ref("duration", "From its start to its end."),
  eventsPerSecond: ref("count", "Records that it takes from buffers."),
  handles: ref("count", "Handles open at once."),
  outputBytesPerSecond: ref("size", "Output to standard output and standard error together."),
});

/** The JSON Schema of a policy file, docs/policy.md in a form that editors understand. */
export const POLICY_SCHEMA: Schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  $id: "urn:wbpf:policy:1",
  $comment: "Generated by `npm run schema -w host` from host/schema/policy.ts.",
  ...section("a policy", "What a wbpf module may do.", {
    version: { title: "version 1", description: "Of this format: 1.", const: 1 },
    name: ref("text", "For people."),
    description: ref("text", "For people."),
    extends: ref("text", "A policy file, relative to this one, that this one adds to."),
    mode: {
      title: "a mode",
      description:
        "enforce: what is not granted is denied. audit: everything runs, and what would have been denied is recorded. Default: enforce.",
      enum: ["enforce", "audit"],
    },
    ...permissions,
    limits,
  }),
  required: ["version"],
  $defs: definitions,
};
