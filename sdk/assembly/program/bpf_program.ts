import { findProgram } from "../abi/calls";
import { program_attach } from "../abi/wbpf";
import { clearLastError } from "../errors/last_error";
import { BpfLink } from "../link/bpf_link";
import { BpfObject } from "../object/bpf_object";

/** A `bpf_program`: one program of an object, by the name of its C function. */
export class BpfProgram {
  /** Whether {@link BpfObject.attach} attaches it; `bpf_program__set_autoattach`. */
  autoattach: bool = true;
  /** Its link while it is attached. */
  link: BpfLink | null = null;
  /** The negative errno of the latest failed call, 0 if none failed. */
  error: i32 = 0;
  private handle: i32 = 0;

  /**
   * @param section the ELF section, as `SEC()` named it in C
   */
  constructor(
    readonly object: BpfObject,
    readonly name: string,
    readonly section: string,
  ) {
    object.addProgram(this);
  }

  /** Attaches it by its `SEC()`; `bpf_program__attach`. Null on failure: {@link error} has the errno, `lastError()` the sentence. */
  attach(): BpfLink | null {
    if (this.object.handle < 0) {
      this.error = this.object.handle;
      return null;
    }
    clearLastError();
    if (this.handle <= 0) this.handle = findProgram(this.object.handle, this.name);
    const link = this.handle < 0 ? this.handle : program_attach(this.handle);
    if (link < 0) {
      this.error = link;
      return null;
    }
    const attached = new BpfLink(link);
    this.link = attached;
    return attached;
  }
}
