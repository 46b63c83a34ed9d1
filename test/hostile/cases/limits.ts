import { buildWasm, ENDLESS } from "../../../host/src/testing/wasm-builder.js";
import type { HostileCase } from "../support/case.js";
import { objects } from "../support/objects.js";
import { tool } from "./handles.js";

const TOOL = `host: { stdout: true }
maps: { types: ['*'] }
programs: { allow: [{ type: raw_tracepoint, targets: [sys_enter] }] }
`;
const limited = (limits: string) => `${TOOL}limits: { ${limits} }\n`;

export const limits: readonly HostileCase[] = [
  {
    tries: "an endless loop",
    policy: limited("callback: 200ms"),
    module: () => buildWasm({ start: ENDLESS }),
    ends: /200 ms/,
  },
  {
    tries: "an endless loop of calls of the host",
    policy: limited("cpu: 300ms"),
    module: (script) => {
      script.silent();
      script.raw(
        0x03,
        0x40,
        ...[0x41, 0, 0x41, 0],
        ...script.callCode("last_error"),
        0x1a,
        0x0c,
        0,
        0x0b,
      );
    },
    ends: /300 ms/,
  },
  {
    tries: "to sleep for ever",
    policy: limited("wall: 300ms"),
    module: (script) => {
      script.silent();
      script.call("buffer_wait", 0, 0, 0, -1);
    },
    ends: /300 ms/,
  },
  {
    tries: "endless recursion",
    // Itself: there is no import before it.
    module: () => buildWasm({ start: [0x10, 0] }),
    ends: /stack/,
  },
  {
    tries: "memory beyond its limit, by growing",
    policy: limited("memory: 256Ki"),
    unrecorded: true,
    module: (script) => {
      const { map } = tool(script);
      const key = script.words(1, 0);
      // memory.grow by one page.
      script.raw(0x41, 1, 0x40, 0, 0x1a);
      script.refused(/memory/, "map_lookup", map("counts"), key, script.end, 0);
    },
  },
  {
    tries: "more memory than its limit",
    policy: limited("memory: 64Ki"),
    pages: 4,
    module: (script) => script.silent(),
    unfit: /limits\.memory/,
  },
  {
    tries: "a flood of links",
    policy: limited("handles: 24").replace("programs: {", "programs: { stats: true,"),
    module: (script) => {
      const { program } = tool(script);
      // Before Linux 6.10 a program attaches to a raw tracepoint once only; what keeps statistics on is a link as well.
      for (let i = 0; i < 20; i++) script.call("program_attach", program);
      for (let i = 0; i < 40; i++) script.call("stats_enable");
      script.refused(/handles/, "stats_enable");
    },
  },
  {
    tries: "a flood of objects",
    policy: limited("handles: 16"),
    module: (script) => {
      const image = script.put(objects().beside);
      for (let i = 0; i < 30; i++) script.call("object_open", ...image, 0, 0);
      script.refused(/handles/, "object_open", ...image, 0, 0);
    },
  },
  {
    tries: "a flood of output",
    policy: limited("outputBytesPerSecond: 16Ki, wall: 700ms"),
    module: (script) => {
      script.silent();
      const list = script.words(script.put("x".repeat(8192))[0], 8192);
      const number = (value: number) => [
        0x41,
        ...[(value & 0x7f) | 0x80, ((value >> 7) & 0x7f) | 0x80, (value >> 14) & 0x3f],
      ];
      script.raw(0x03, 0x40, 0x41, 1, ...number(list), 0x41, 1, 0x41, 8);
      script.raw(...script.callCode("fd_write"), 0x1a, 0x0c, 0, 0x0b);
    },
    ends: /700 ms/,
  },
];
