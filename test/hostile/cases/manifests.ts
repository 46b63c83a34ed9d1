import type { HostileCase } from "../support/case.js";
import { hidden } from "../support/hidden.js";
import { objects } from "../support/objects.js";
import type { Script } from "../support/script.js";
import { tool } from "./handles.js";

/** A policy that grants more than any of these modules does: what stands in their way is what they say of themselves. */
const GENEROUS = `host: { stdout: true, stderr: true, random: true }
maps: { types: ['*'] }
programs:
  allow: [{ type: raw_tracepoint, targets: ['**'] }, { type: tracepoint, targets: ['**'] }, { type: xdp, targets: ['**'] }]
  enforcement: [drop, redirect, send_signal]
`;
const PRINTS = { stdout: true, stderr: true };
const WATCH = { type: "raw_tracepoint", targets: ["sys_enter"] };
const TYPES = ["hash", "array", "percpu_array", "prog_array", "ringbuf"];
/** All that the tool needs. */
const HONEST = { host: PRINTS, maps: { types: TYPES }, programs: { allow: [WATCH] } };

/** The module with a manifest. */
const says = (script: Script, permissions: unknown): Uint8Array =>
  script.build({ custom: [["wbpf", JSON.stringify({ abi: 1, permissions })]] });

const lies = (
  tries: string,
  permissions: unknown,
  unfit: RegExp,
  audited: RegExp,
): HostileCase => ({
  tries,
  policy: GENEROUS,
  module: (script) => {
    tool(script);
    return says(script, permissions);
  },
  unfit,
  audited,
});

export const manifests: readonly HostileCase[] = [
  lies(
    "a manifest that asks for nothing, with all that the module has",
    {},
    /^cannot run hostile\.wasm: the manifest lies: /,
    /^start .* the module's manifest, /,
  ),
  lies(
    "a manifest without the type of a program that lies in the module",
    { ...HONEST, programs: {} },
    /the manifest lies: program 'watch' is of type raw_tracepoint/,
    /^start raw_tracepoint program 'watch' the module's manifest, programs\.allow$/,
  ),
  lies(
    "a manifest without the type of a map that lies in the module",
    { ...HONEST, maps: { types: TYPES.filter((type) => type !== "ringbuf") } },
    /the manifest lies: map 'rb' is of type ringbuf/,
    /^start ringbuf map 'rb' the module's manifest, maps\.types$/,
  ),
  lies(
    "a manifest without a helper that a program in the module calls",
    {
      ...HONEST,
      programs: { allow: [WATCH], helpers: { allow: ["bpf_ringbuf_reserve"] } },
    },
    /the manifest lies: the helper bpf_ringbuf_submit is not/,
    /^start helper bpf_ringbuf_submit the module's manifest, programs\.helpers/,
  ),
  {
    tries: "a manifest without an import that the module has",
    policy: GENEROUS,
    module: (script) => {
      script.call("random_get", 8, 8);
      return says(script, { host: PRINTS });
    },
    unfit: /the manifest lies: /,
    audited: /^start random the module's manifest, host\.random$/,
  },
  {
    tries: "a manifest that is true of what is seen, and another type of program when it runs",
    policy: GENEROUS,
    module: (script) => {
      tool(script);
      const object = script.opens("object_open", ...hidden(script, objects().grim), 0, 0);
      const program = script.call("object_find_program", object, ...script.put("drops"));
      script.gives(0, "program_set", program, 1, 1);
      script.refused(/xdp.* by its own manifest/, "object_load", object);
      return says(script, HONEST);
    },
    audited: /^object_load xdp program 'drops' the module's manifest, programs\.allow$/,
  },
  {
    tries: "a manifest that is true of what is seen, and an effect when it runs",
    policy: GENEROUS,
    module: (script) => {
      tool(script);
      const object = script.opens("object_open", ...hidden(script, objects().grim), 0, 0);
      const program = script.call("object_find_program", object, ...script.put("signals"));
      script.gives(0, "program_set", program, 1, 1);
      script.refused(/send signals.* by its own manifest/, "object_load", object);
      return says(script, HONEST);
    },
    audited: /^object_load send_signal by bpf_send_signal the module's manifest, /,
  },
  {
    tries: "a manifest that names one target, and another one when it runs",
    policy: GENEROUS,
    module: (script) => {
      const { program } = tool(script);
      const options = script.words(...script.put("sched_switch"), 0, 0);
      script.refused(
        /sched_switch.* by its own manifest/,
        "program_attach_to",
        program,
        2,
        options,
        16,
      );
      return says(script, HONEST);
    },
    audited: /^program_attach_to raw_tracepoint sched_switch the module's manifest, /,
  },
];
