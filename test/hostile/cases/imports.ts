import { buildWasm } from "../../../host/src/testing/wasm-builder.js";
import type { HostileCase } from "../support/case.js";

const PRINTS = "host: { stdout: true }\n";
/** A module that has one import and does nothing. */
const importing = (module: string, name: string, signature: string) =>
  buildWasm({ imports: [[module, name, signature]], custom: [["wbpf", '{"abi":1}']] });

/** Imports that a module is not given where its policy does not speak of what they are for. */
const UNGRANTED: readonly (readonly [string, string, string, RegExp])[] = [
  ["wbpf", "object_open", "iiii:i", /programs/],
  ["wbpf", "program_attach", "i:i", /programs/],
  ["wbpf", "stats_enable", ":i", /stats/],
  ["wbpf", "program_test_run", "ii:i", /test-?run/i],
  ["wbpf", "map_freeze", "i:i", /freeze/],
  ["wbpf", "pin", "iii:i", /pins/],
  ["wasi_snapshot_preview1", "random_get", "ii:i", /random/],
  ["wasi_snapshot_preview1", "clock_time_get", "iIi:i", /clock/],
  ["wasm_bpf", "wasm_load_bpf_object", "ii:I", /programs/],
];

export const imports: readonly HostileCase[] = [
  ...UNGRANTED.map(
    ([module, name, signature, permission]): HostileCase => ({
      tries: `${module}.${name}, which it was not granted`,
      policy: PRINTS,
      module: () => importing(module, name, signature),
      ends: permission,
    }),
  ),
  {
    tries: "a function of libc",
    module: () => importing("env", "system", "i:i"),
    unfit: /'env\.system'/,
  },
  {
    tries: "a function of the host's that no module is given",
    module: () => importing("wbpf", "constructor", "i:i"),
    unfit: /'wbpf\.constructor'/,
  },
  {
    tries: "a function of the host's with another type",
    module: () => importing("wbpf", "object_open", "IIII:I"),
    unfit: /type/,
  },
  {
    tries: "a global of the host's",
    module: () => buildWasm({ importedGlobal: ["wbpf", "object_open"] }),
    unfit: /./,
  },
  {
    tries: "imports under a name that JavaScript gives meaning",
    module: () => importing("__proto__", "toString", ":i"),
    unfit: /'__proto__'/,
  },
];
