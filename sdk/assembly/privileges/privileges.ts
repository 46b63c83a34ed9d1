import { privileges_drop } from "../abi/wbpf";
import { clearLastError } from "../errors/last_error";

/** The Linux capabilities of the process that runs this module. */
export namespace privileges {
  /**
   * Gives up what it took to load and attach. By itself `wbpf run` does that when a module first waits with something attached; a module that calls this anywhere is
   * left alone until it does, and so can attach more after it has waited. Links, maps, buffers and pins go on working.
   * @returns 0, also under a host that gives up nothing
   */
  export function drop(): i32 {
    clearLastError();
    return privileges_drop();
  }
}
