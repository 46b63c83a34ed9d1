import { allowAll, Module, type Running } from "@wbpf/host";
import { objects } from "./objects.js";
import { Script } from "./script.js";

/** A module that minds its own business beside the hostile ones: it prints a dot for each batch of events. */
export class Beside {
  readonly running: Running;
  #events = 0;
  stderr = "";

  private constructor(module: Module) {
    this.running = module.start({
      policy: allowAll(),
      stdout: (bytes) => {
        this.#events += bytes.length;
      },
      stderr: (bytes) => {
        this.stderr += Buffer.from(bytes).toString();
      },
    });
  }

  static async start(): Promise<Beside> {
    const script = new Script();
    const object = script.call("object_open", ...script.put(objects().beside), 0, 0);
    script.call("object_load", object);
    const program = script.call("object_find_program", object, ...script.put("beside"));
    script.call("program_attach", program);
    const buffer = script.call(
      "buffer_open",
      script.call("object_find_map", object, ...script.put("rb")),
    );
    const [dot] = script.put(".");
    const list = script.words(dot, 1);
    const scratch = script.put(new Uint8Array(4096))[0];
    script.silent();
    // loop { if (buffer_poll(buffer, scratch, 4096, -1) < 0) return; fd_write(1, list, 1, scratch); }
    const number = (value: number) => [0x41, ...sleb(value)];
    script.raw(0x03, 0x40, ...number(0), 0x28, 2, ...uleb(1024 + 4 * buffer.ref));
    script.raw(...number(scratch), ...number(4096), ...number(-1));
    script.raw(...script.callCode("buffer_poll"), ...number(0), 0x48, 0x04, 0x40, 0x0f, 0x0b);
    script.raw(...number(1), ...number(list), ...number(1), ...number(scratch));
    script.raw(...script.callCode("fd_write"), 0x1a, 0x0c, 0, 0x0b);
    const beside = new Beside(await Module.fromBytes(script.build(), { name: "beside.wasm" }));
    await beside.alive();
    return beside;
  }

  /** Makes an event, and waits until the module has told of it. */
  async alive(): Promise<void> {
    const before = this.#events;
    for (let i = 0; i < 1000; i++) {
      process.umask(process.umask());
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (this.#events > before) return;
    }
    throw new Error(`the module beside does not get its events any more: ${this.stderr}`);
  }

  async stop(): Promise<void> {
    this.running.stop();
    await this.running.finished;
  }
}

function uleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

function sleb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; ) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && byte < 0x40) || (rest === -1 && byte >= 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}
