import { clockImports } from "./clocks.js";
import type { WasiContext, WasiImport } from "./context.js";
import { descriptorImports } from "./descriptors.js";
import { WasiErrno } from "./errno.js";
import { fileImports } from "./files/data.js";
import { pathImports } from "./files/paths.js";
import { pollImports } from "./poll.js";
import { processImports } from "./process.js";
import { WASI_SIGNATURES } from "./signatures.js";
import { stringImports } from "./strings.js";

/** What all instances are refused, under what they are served. */
const REFUSED: WebAssembly.ModuleImports = {};
for (const name of Object.keys(WASI_SIGNATURES)) REFUSED[name] = () => WasiErrno.notcapable;

/**
 * The import module `wasi_snapshot_preview1` for one instance. What is not written down in docs/abi.md is refused: no socket, no link, and no file but those that were granted. Node's own `node:wasi` is not used, since it says of itself that it is no security boundary.
 */
export function wasiImports(context: WasiContext): WebAssembly.ModuleImports {
  const served: Record<string, WasiImport> = Object.create(REFUSED);
  return Object.assign(
    served,
    stringImports(context),
    clockImports(context),
    descriptorImports(context),
    fileImports(context),
    pathImports(context),
    pollImports(context),
    processImports(context),
  );
}
