import { BpfObject } from "../object/bpf_object";
import { Section } from "./section";

/** `.rodata`: its variables are set before the load, and are constant afterwards. A program that sets one then ends with a sentence. */
export class ConstantSection extends Section {
  constructor(object: BpfObject, name: string, size: i32) {
    super(object, name, size, false, true);
  }

  /** What `constantPlace` (../abi/section) does: one of its variables is about to be changed. */
  beforeWrite(variable: string): void {
    if (this.loaded) {
      throw new Error(
        `${this.object.name}: ${variable} is in ${this.name}, which cannot change once the object is loaded: set it before load()`,
      );
    }
    this.changed = true;
  }

  /** The address of a struct or array that may be changed through its view. */
  protected view(offset: usize): usize {
    if (!this.loaded) this.changed = true;
    return this.buffer + offset;
  }
}
