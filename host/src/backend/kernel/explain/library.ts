import { BpfError } from "../../backend.js";
import type { MissingLibbpf } from "../native.js";

const INSTALL = "install it, on Debian or Ubuntu `apt-get install libbpf1`";

/** The one sentence for a libbpf that is not there, or too old. */
export function explainLibrary(missing: MissingLibbpf): BpfError {
  const { file, linker, version } = missing;
  const error = (message: string) =>
    new BpfError(2, "ENOENT", message, linker === "" ? {} : { detail: linker });
  if (missing.missing !== "") {
    const which = version === "" ? file : `${file} (${version})`;
    return error(
      `${which} is too old: it lacks ${missing.missing}; wbpf needs libbpf 1.0 or newer: ${INSTALL}, or name another file in WBPF_LIBBPF`,
    );
  }
  const absent = linker.startsWith(`${file}: cannot open shared object file`);
  if (!absent) return error(`${file} could not be used: ${linker}; ${INSTALL}`);
  return error(
    file === "libbpf.so.1"
      ? `libbpf.so.1 was not found: ${INSTALL}`
      : `libbpf was not found at ${file}, which WBPF_LIBBPF names: correct or unset it`,
  );
}
