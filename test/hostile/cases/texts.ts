import type { HostileCase } from "../support/case.js";
import { objects } from "../support/objects.js";
import { tool } from "./handles.js";

const NAMES = ["object_find_map", "object_find_program"] as const;

export const texts: readonly HostileCase[] = [
  {
    tries: "names with a length of 2^32 - 1, or that end outside",
    module: (script) => {
      const { object } = tool(script);
      const [pointer] = script.put("counts");
      for (const call of NAMES) {
        script.refused(/memory|long/, call, object, pointer, -1);
        script.refused(/memory/, call, object, script.end - 2, 6);
        script.refused(/memory/, call, object, -1, 6);
      }
    },
  },
  {
    tries: "names of a hundred thousand bytes",
    module: (script) => {
      const { object } = tool(script);
      const long = script.put("x".repeat(100_000));
      for (const call of NAMES) script.refused(/./, call, object, ...long);
      script.refused(/./, "interface_index", ...long);
      script.refused(/./, "pin", object, ...long);
      script.refused(/./, "object_open", ...script.put(objects().beside), ...long);
    },
  },
  {
    tries: "names with NUL, with newlines, and that are not UTF-8",
    module: (script) => {
      const { object } = tool(script);
      for (const name of [
        "counts\0",
        "\0counts",
        "cou\nnts",
        "",
        Uint8Array.of(0xff, 0xfe, 0x80),
        "__proto__",
        "constructor",
      ]) {
        for (const call of NAMES) script.refused(/./, call, object, ...script.put(name));
      }
    },
  },
  {
    tries: "a text without its NUL, at the end of memory",
    module: (script) => {
      const [bytes, length] = script.put(objects().tool);
      const object = script.call("wasm_load_bpf_object", bytes, length);
      // memory.fill of the last page with 'x'.
      script.raw(0x41, ...[0x80, 0x80, 0x0c], 0x41, ...[0xf8, 0], 0x41, ...[0x80, 0x80, 4]);
      script.raw(0xfc, 11, 0);
      const inside = script.end - 65_000;
      script.gives([-22, -14, -2, -36], "wasm_bpf_map_fd_by_name", object, inside);
      script.gives([-22, -14, -2, -36], "wasm_attach_bpf_program", object, inside, inside);
      script.gives([-22, -14, -2, -36], "wasm_bpf_map_fd_by_name", object, script.end);
      script.gives([-22, -14, -2, -36], "wasm_bpf_map_fd_by_name", object, -1);
    },
  },
  {
    tries: "control characters of a terminal in what the host prints of it",
    module: (script) => script.build({ imports: [["wbpf\x1b[2J\x07", "x", ":"]] }),
    unfit: /./,
  },
];
