import { map_lookup } from "../abi/wbpf";
import { BpfObject } from "../object/bpf_object";
import { Section, ZERO } from "./section";

/** `.kconfig`: what the kernel was configured with. libbpf fills it in, so it has its values only after the load; nobody sets them. */
export class KernelConfig extends Section {
  constructor(object: BpfObject, name: string, size: i32) {
    super(object, name, size, false, false);
  }

  afterLoad(): i32 {
    const result = map_lookup(this.map, ZERO, this.buffer, 0);
    if (result < 0) this.error = result;
    return result;
  }
}
