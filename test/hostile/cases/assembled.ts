import type { HostileCase } from "../support/case.js";
import { buildUnseen, copy, hidden } from "../support/hidden.js";
import { objects } from "../support/objects.js";
import type { Script } from "../support/script.js";
import { tool } from "./handles.js";

const PRINTS = "host: { stdout: true }\n";
const MAPS = "maps: { types: [hash, array, percpu_array, prog_array, ringbuf] }\n";
const WATCH = "{ type: raw_tracepoint, targets: [sys_enter] }";
const TOOL = `${PRINTS}${MAPS}programs: { allow: [${WATCH}] }\n`;

const denied = (
  tries: string,
  policy: string,
  name: keyof ReturnType<typeof objects>,
  program: string | undefined,
  sentence: RegExp,
  audited: RegExp,
): HostileCase => ({
  tries,
  policy,
  module: (script) => {
    const object = script.opens("object_open", ...hidden(script, objects()[name]), 0, 0);
    if (program !== undefined) autoload(script, object, program);
    script.refused(sentence, "object_load", object);
    return buildUnseen(script);
  },
  audited,
});

function autoload(script: Script, object: { readonly ref: number }, name: string): void {
  const program = script.call("object_find_program", object, ...script.put(name));
  script.gives(0, "program_set", program, 1, 1);
}

/** Room for the larger of two objects. */
const room = (script: Script, ...images: readonly Uint8Array[]): number =>
  script.put(new Uint8Array(Math.max(...images.map(({ length }) => length))))[0];

/** What no analysis sees, and what is not any more what it was: the load decides, on the host's copy. */
export const assembled: readonly HostileCase[] = [
  denied(
    "a type of program that is not granted, in an object that it puts together when it runs",
    TOOL,
    "grim",
    "drops",
    /xdp/,
    /^object_load xdp program 'drops' programs\.allow$/,
  ),
  denied(
    "a helper that is not granted, in an object that it puts together when it runs",
    `${PRINTS}${MAPS}programs: { allow: [${WATCH}], helpers: { allow: [bpf_ringbuf_reserve] } }\n`,
    "tool",
    undefined,
    /bpf_ringbuf_submit/,
    /^object_load helper bpf_ringbuf_submit programs\.helpers/,
  ),
  denied(
    "an effect that is not granted, in an object that it puts together when it runs",
    TOOL,
    "grim",
    "signals",
    /send_signal/,
    /^object_load send_signal by bpf_send_signal programs\.enforcement$/,
  ),
  denied(
    "a type of map that is not granted, in an object that it puts together when it runs",
    `${PRINTS}programs: { allow: [${WATCH}] }\nmaps: { types: [hash, array, percpu_array, prog_array] }\n`,
    "tool",
    undefined,
    /map 'rb' is of type ringbuf/,
    /^object_load ringbuf map 'rb' maps\.types$/,
  ),
  {
    tries: "an object that does harm, which it makes harmless between its opening and its load",
    policy: TOOL,
    module: (script) => {
      const { grim, tool: harmless } = objects();
      const place = room(script, grim, harmless);
      copy(script, place, ...hidden(script, grim));
      const object = script.opens("object_open", place, grim.length, 0, 0);
      autoload(script, object, "signals");
      copy(script, place, ...script.put(harmless));
      script.refused(/send_signal/, "object_load", object);
      // What lies there now is another object, and as good as it looks.
      script.gives(0, "object_load", script.opens("object_open", place, harmless.length, 0, 0));
    },
    audited: /^object_load send_signal by bpf_send_signal programs\.enforcement$/,
  },
  {
    tries:
      "a harmless object, over which it writes one of maps that are not granted before the load",
    policy: `${PRINTS}programs: { allow: [${WATCH}] }\nmaps: { types: [] }\n`,
    module: (script) => {
      const { grim: bare, tool: mapped } = objects();
      const place = room(script, bare, mapped);
      copy(script, place, ...script.put(bare));
      const object = script.opens("object_open", place, bare.length, 0, 0);
      copy(script, place, ...hidden(script, mapped));
      autoload(script, object, "watch");
      // Were it the other one, it would not be let through.
      script.gives(0, "object_load", object);
      script.gives(-2, "object_find_map", object, ...script.put("rb"));
      const program = script.opens("object_find_program", object, ...script.put("watch"));
      script.opens("program_attach", program);
      script.refused(
        /map '.*' is of type/,
        "object_load",
        script.opens("object_open", place, mapped.length, 0, 0),
      );
    },
    audited: /^object_load \w+ map '\w+' maps\.types$/,
  },
  {
    tries: "to take the memory away from an object between its opening and its load",
    policy: TOOL,
    module: (script) => {
      const object = script.opens("object_open", ...hidden(script, objects().grim), 0, 0);
      autoload(script, object, "drops");
      // memory.grow: the engine moves the memory, or at least detaches the buffer by which it was read.
      script.raw(0x41, 1, 0x40, 0, 0x1a);
      script.refused(/xdp/, "object_load", object);
      tool(script);
    },
    audited: /^object_load xdp program 'drops' programs\.allow$/,
  },
];
