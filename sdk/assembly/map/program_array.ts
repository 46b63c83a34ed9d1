import { map_update_program } from "../abi/wbpf_maps";
import { BpfObject } from "../object/bpf_object";
import { BpfProgram } from "../program/bpf_program";
import { KeyedMap } from "./keyed_map";

/** A `PROG_ARRAY`: what `bpf_tail_call()` jumps to (kernel 4.2 or newer). */
export class ProgramArray extends KeyedMap<u32> {
  constructor(object: BpfObject, name: string, valueSize: i32) {
    super(object, name, 4, valueSize);
  }

  /** Puts a loaded program in it, of the same type as those that jump there. 0, `-E2BIG` for an index that is too large, or another negative errno. */
  update(index: u32, program: BpfProgram): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    const held = program.handle;
    if (held < 0) return this.failed(held);
    const result = map_update_program(handle, this.keyAddress(index), held, 0);
    return result < 0 ? this.failed(result) : result;
  }
}
