import {
  wasm_attach_bpf_program,
  wasm_close_bpf_object,
  wasm_load_bpf_object,
} from "../abi/wasm_bpf";
import { errno } from "../errors/errno";
import { isElf } from "./elf";
import { failed, failedCall } from "./failure";
import { find, HeldLink, HeldMap, HeldObject, HeldProgram, HeldSection, hold } from "./held";
import { resolveMap } from "./maps";
import { terminated, textAt } from "./text";

/** "No target": a NUL byte. */
const NOTHING: usize = memory.data(8, 8);

function noHandle(kind: string): i32 {
  return failed(-errno.EBADF, `that is not the handle of ${kind} that is open`);
}

export function object_open(bytes: usize, len: i32, name: usize, nameLen: i32): i32 {
  const label = textAt(name, nameLen);
  if (!isElf(bytes, len)) return failed(-errno.EINVAL, `${label} is not an ELF file`);
  return hold(new HeldObject(label, bytes, len));
}

export function object_load(object: i32): i32 {
  const found = find<HeldObject>(object);
  if (found === null || found.closed) return noHandle("an object");
  if (found.handle != 0) return failed(-errno.EALREADY, `${found.name} is loaded already`);
  found.handle = wasm_load_bpf_object(found.bytes, found.length);
  return found.handle == 0
    ? failed(
        -errno.EINVAL,
        `cannot load BPF object '${found.name}': a host of the wasm_bpf ABI does not say why`,
      )
    : 0;
}

export function object_close(object: i32): i32 {
  const found = find<HeldObject>(object);
  if (found === null || found.closed) return noHandle("an object");
  found.closed = true;
  // The hosts differ on what a second close does, so there is never one.
  return found.handle == 0 ? 0 : wasm_close_bpf_object(found.handle);
}

export function object_find_map(object: i32, name: usize, nameLen: i32): i32 {
  const found = find<HeldObject>(object);
  if (found === null || found.closed) return noHandle("an object");
  const wanted = textAt(name, nameLen);
  if (wanted.startsWith(".")) return hold(new HeldSection(found, wanted));
  const map = new HeldMap(found, wanted);
  // Before the load nobody can be asked; the SDK only asks for what the object has.
  if (found.handle != 0) {
    const fd = resolveMap(map);
    if (fd < 0) return fd;
  }
  return hold(map);
}

export function object_find_program(object: i32, name: usize, nameLen: i32): i32 {
  const found = find<HeldObject>(object);
  if (found === null || found.closed) return noHandle("an object");
  return hold(new HeldProgram(found, textAt(name, nameLen)));
}

export function program_attach(program: i32): i32 {
  const found = find<HeldProgram>(program);
  if (found === null || found.object.closed) return noHandle("a program");
  const text = terminated(found.name);
  const result = wasm_attach_bpf_program(found.object.handle, changetype<usize>(text), NOTHING);
  return result < 0
    ? failedCall(`cannot attach program '${found.name}'`, result)
    : hold(new HeldLink());
}
