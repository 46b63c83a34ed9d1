import { readdirSync, readlinkSync } from "node:fs";
import type { HostileCase } from "../support/case.js";
import { objects } from "../support/objects.js";
import type { Arg, Ref, Script } from "../support/script.js";

/** Opens and loads the tool's object, and finds its parts. */
export function tool(script: Script) {
  const object = script.opens("object_open", ...script.put(objects().tool), 0, 0);
  script.gives(0, "object_load", object);
  const map = (name: string) => script.call("object_find_map", object, ...script.put(name));
  const program = script.call("object_find_program", object, ...script.put("watch"));
  return { object, map, program };
}

const key = (script: Script) => script.words(0, 0);
const lookup = (script: Script, map: Arg, said: RegExp): Ref =>
  script.refused(said, "map_lookup", map, key(script), key(script), 0);

/** Calls that take a handle first, and how many more arguments they have. */
const TAKE_A_HANDLE: readonly (readonly [string, number])[] = [
  ["object_load", 0],
  ["object_close", 0],
  ["program_attach", 0],
  ["program_info", 2],
  ["link_destroy", 0],
  ["link_detach", 0],
  ["link_info", 2],
  ["link_read", 2],
  ["map_freeze", 0],
  ["map_info", 2],
  ["map_lookup", 3],
  ["map_update", 3],
  ["map_delete", 1],
  ["map_next_key", 2],
  ["map_lookup_batch", 1],
  ["map_live", 1],
  ["map_attach_struct_ops", 0],
  ["buffer_open", 0],
  ["buffer_poll", 3],
  ["buffer_close", 0],
  ["user_buffer_submit", 3],
  ["pin", 2],
];

const everyCall = (script: Script, handle: number): void => {
  for (const [name, more] of TAKE_A_HANDLE) {
    const rest = Array.from({ length: more }, () => 32_768);
    script.refused(/handle|never given|no such/i, name, handle, ...rest);
  }
};

/** A descriptor of the process that stands for a map of somebody else. */
const foreignDescriptor = (): number =>
  Number(
    readdirSync("/proc/self/fd").find((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === "anon_inode:bpf-map";
      } catch {
        return false;
      }
    }),
  );

export const handles: readonly HostileCase[] = [
  { tries: "handle 0 in every call", module: (script) => everyCall(script, 0) },
  { tries: "a negative handle in every call", module: (script) => everyCall(script, -1) },
  { tries: "the largest handle in every call", module: (script) => everyCall(script, 0x7fffffff) },
  { tries: "a guessed handle in every call", module: (script) => everyCall(script, 257) },
  {
    tries: "handles one after the other, as file descriptors are",
    module: (script) => {
      for (let handle = 0; handle < 64; handle++) {
        lookup(script, handle, /handle/);
      }
    },
  },
  {
    tries: "the file descriptor of another module's map",
    module: (script) => {
      const fd = foreignDescriptor();
      if (Number.isNaN(fd)) throw new Error("there is no map beside");
      lookup(script, fd, /handle/);
      script.refused(/handle/, "map_update", fd, key(script), key(script), 0);
      script.refused(/handle/, "buffer_open", fd);
    },
  },
  {
    tries: "handles that another module was given, with a table of its own",
    module: (script) => {
      // The module beside was given the first four, of which the second is a program.
      for (const handle of [1, 2, 3, 4, 5]) {
        script.refused(/handle/, "program_attach", handle);
        script.refused(/handle/, "buffer_open", handle);
        script.refused(/handle/, "link_destroy", handle);
      }
    },
  },
  {
    tries: "handles of one kind for another",
    module: (script) => {
      const { object, map, program } = tool(script);
      const counts = map("counts");
      const buffer = script.opens("buffer_open", map("rb"));
      const link = script.opens("program_attach", program);
      script.refused(/map/, "program_attach", counts);
      script.refused(/program/, "map_freeze", program);
      script.refused(/object/, "buffer_open", object);
      script.refused(/buffer/, "link_destroy", buffer);
      script.refused(/link/, "object_close", link);
      script.refused(/link/, "buffer_poll", link, 32_768, 4096, 0);
      script.refused(/program/, "map_update_map", counts, key(script), program, 0);
      script.refused(/map/, "link_update", link, counts);
    },
  },
  {
    tries: "handles of what it has closed",
    module: (script) => {
      const { object, map, program } = tool(script);
      const counts = map("counts");
      const buffer = script.opens("buffer_open", map("rb"));
      const link = script.opens("program_attach", program);
      script.gives(0, "link_destroy", link);
      script.refused(/closed/, "link_destroy", link);
      script.refused(/closed/, "link_info", link, 32_768, 64);
      script.gives(0, "object_close", object);
      script.refused(/closed/, "object_close", object);
      script.refused(/closed/, "object_load", object);
      lookup(script, counts, /closed/);
      script.refused(/closed/, "program_attach", program);
      script.refused(/closed/, "buffer_poll", buffer, 32_768, 4096, 0);
      script.refused(/closed/, "buffer_close", buffer);
    },
  },
  {
    tries: "a closed handle once its place is given to something new",
    module: (script) => {
      const first = script.opens("object_open", ...script.put(objects().tool), 0, 0);
      script.gives(0, "object_close", first);
      for (let i = 0; i < 8; i++) {
        script.call("object_open", ...script.put(objects().beside), 0, 0);
      }
      script.refused(/closed/, "object_load", first);
      script.refused(/closed/, "object_close", first);
    },
  },
  {
    tries: "host descriptors through WASI",
    module: (script) => {
      const vector = script.words(script.put("x")[0], 1);
      for (let fd = 3; fd < 48; fd++) {
        // BADF of WASI.
        script.gives(8, "fd_write", fd, vector, 1, 8);
      }
      for (const fd of [-1, 0x7fffffff, foreignDescriptor()]) {
        script.gives(8, "fd_read", fd, vector, 1, 8);
        script.gives(8, "fd_close", fd);
      }
    },
  },
];
