import { liveImports } from "../live/imports.js";
import { bufferImports } from "./buffers.js";
import type { ImportContext } from "./context.js";
import { errorImports } from "./errors.js";
import { featureImports } from "./features.js";
import { interfaceImports } from "./interfaces.js";
import { linkImports } from "./links.js";
import { mapControlImports } from "./map-control.js";
import { mapValueImports } from "./map-values.js";
import { mapImports } from "./maps.js";
import { metricImports } from "./metrics.js";
import { objectImports } from "./objects.js";
import { pinImports } from "./pins.js";
import { privilegeImports } from "./privileges.js";
import { programImports } from "./programs.js";
import type { WbpfFunction } from "./signatures.js";
import { symbolImports } from "./symbols.js";
import { userBufferImports } from "./user-buffers.js";

/**
 * The import module `wbpf` (docs/abi.md) for one instance. Each function is a JavaScript closure even where it only calls native code: V8 cannot end a Wasm
 * loop around a native function that is imported directly.
 */
export function wbpfImports(context: ImportContext): Record<WbpfFunction, WebAssembly.ImportValue> {
  return {
    ...errorImports(context),
    ...objectImports(context),
    ...mapImports(context),
    ...mapValueImports(context),
    ...liveImports(context),
    ...mapControlImports(context),
    ...programImports(context),
    ...linkImports(context),
    ...pinImports(context),
    ...privilegeImports(context),
    ...interfaceImports(context),
    ...featureImports(context),
    ...bufferImports(context),
    ...userBufferImports(context),
    ...symbolImports(context),
    ...metricImports(context),
  };
}
