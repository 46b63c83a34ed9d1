import { link_destroy } from "../abi/wbpf";

/** A `bpf_link`: one program attached to one place. It lasts until it is destroyed, its object is closed or the module ends. */
export class BpfLink {
  private destroyed: bool = false;

  constructor(readonly handle: i32) {}

  /** Detaches; `bpf_link__destroy`. 0, or a negative errno. Destroying twice is allowed. */
  destroy(): i32 {
    if (this.destroyed) return 0;
    this.destroyed = true;
    return link_destroy(this.handle);
  }
}
