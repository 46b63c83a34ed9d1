import asc from "assemblyscript/asc";
import { ABI_1, customSection } from "./wasm-builder.js";

/** What a guest imports. `call` counts to nothing: a name for each import of the two modules that tests use. */
const DECLARATIONS = `
@external("wbpf", "last_error") declare function last_error(buf: usize, cap: i32): i32;
@external("wbpf", "object_open") declare function object_open(bytes: usize, len: i32, name: usize, nameLen: i32): i32;
@external("wbpf", "object_load") declare function object_load(object: i32): i32;
@external("wbpf", "object_close") declare function object_close(object: i32): i32;
@external("wbpf", "object_find_map") declare function object_find_map(object: i32, name: usize, len: i32): i32;
@external("wbpf", "object_find_program") declare function object_find_program(object: i32, name: usize, len: i32): i32;
@external("wbpf", "program_attach") declare function program_attach(program: i32): i32;
@external("wbpf", "map_lookup") declare function map_lookup(map: i32, key: usize, value: usize, flags: i32): i32;
@external("wbpf", "buffer_open") declare function buffer_open(map: i32): i32;
@external("wbpf", "buffer_poll") declare function buffer_poll(buffer: i32, buf: usize, cap: i32, timeout: i32): i32;
@external("wasi_snapshot_preview1", "fd_write") declare function fd_write(fd: i32, list: usize, count: i32, out: usize): i32;
@external("wasi_snapshot_preview1", "args_sizes_get") declare function args_sizes_get(count: usize, size: usize): i32;
@external("wasi_snapshot_preview1", "args_get") declare function args_get(argv: usize, buf: usize): i32;
@external("wasi_snapshot_preview1", "environ_sizes_get") declare function environ_sizes_get(count: usize, size: usize): i32;
@external("wasi_snapshot_preview1", "environ_get") declare function environ_get(argv: usize, buf: usize): i32;
@external("wasi_snapshot_preview1", "proc_exit") declare function proc_exit(code: i32): void;
@external("wasi_snapshot_preview1", "sched_yield") declare function sched_yield(): i32;
@external("wasi_snapshot_preview1", "poll_oneoff") declare function poll_oneoff(list: usize, out: usize, count: i32, written: usize): i32;

const vector = memory.data(8, 8);
const word = memory.data(8, 8);
function print(text: string, fd: i32 = 1): i32 {
  const bytes = String.UTF8.encode(text);
  store<u32>(vector, changetype<usize>(bytes));
  store<u32>(vector + 4, bytes.byteLength);
  return fd_write(fd, vector, 1, word);
}
function named(object: i32, name: string, program: bool = false): i32 {
  const bytes = String.UTF8.encode(name);
  return program
    ? object_find_program(object, changetype<usize>(bytes), bytes.byteLength)
    : object_find_map(object, changetype<usize>(bytes), bytes.byteLength);
}
function lastError(): string {
  const bytes = new ArrayBuffer(last_error(0, 0));
  last_error(changetype<usize>(bytes), bytes.byteLength);
  return String.UTF8.decode(bytes);
}
function strings(count: u32, size: u32, args: bool): string[] {
  const pointers = heap.alloc(4 * count);
  const bytes = heap.alloc(size);
  if (args) args_get(pointers, bytes);
  else environ_get(pointers, bytes);
  const list = new Array<string>();
  for (let i: u32 = 0; i < count; i++) {
    const text = load<u32>(pointers + 4 * i);
    let length = 0;
    while (load<u8>(text + length)) length++;
    list.push(String.UTF8.decodeUnsafe(text, length));
  }
  return list;
}
`;

/** A compiled guest. */
export interface Guest {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly sourceMap: string;
}

/**
 * Compiles AssemblyScript statements, which run as `_start`. The functions of {@link DECLARATIONS} are at hand; the user's file is `guest.ts`.
 * @param object is embedded: `OBJECT` is its address and `OBJECT_SIZE` its length
 */
export async function compileGuest(
  source: string,
  options: { readonly object?: Uint8Array; readonly debug?: boolean; readonly file?: string } = {},
): Promise<Guest> {
  const { object } = options;
  const embedded =
    object === undefined
      ? ""
      : `const OBJECT = memory.data<u8>([${[...object].join(",")}]); const OBJECT_SIZE = ${object.length};\n`;
  const file = options.file ?? "guest.ts";
  // On one line, so that the guest's own first line stays the first.
  const prelude = (embedded + DECLARATIONS).replaceAll(/\n\s*/g, " ");
  const files: Record<string, string> = { [file]: `${prelude}${source}` };
  let wasm: Uint8Array | undefined;
  let sourceMap = "";
  const stderr = asc.createMemoryStream();
  const { error } = await asc.main(
    [
      file,
      "-o",
      "guest.wasm",
      "--exportStart",
      "_start",
      "--use",
      "abort=",
      "--runtime",
      "incremental",
      ...(options.debug ? ["--debug", "--sourceMap"] : ["-O1"]),
    ],
    {
      stderr,
      readFile: (name) => files[name] ?? null,
      writeFile: (name, content) => {
        if (name.endsWith(".wasm")) wasm = content as Uint8Array;
        else if (name.endsWith(".map")) sourceMap = String(content);
      },
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === undefined) throw new Error(`${error}\n${stderr.toString()}`);
  return { wasm: Uint8Array.from([...wasm, ...customSection(...ABI_1)]), sourceMap };
}
