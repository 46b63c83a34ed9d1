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

type ImportValue = WebAssembly.ImportValue;

const GROUPS: readonly ((context: ImportContext) => Partial<Record<string, ImportValue>>)[] = [
  errorImports,
  objectImports,
  mapImports,
  mapValueImports,
  liveImports,
  mapControlImports,
  programImports,
  linkImports,
  pinImports,
  interfaceImports,
  featureImports,
  bufferImports,
  userBufferImports,
  privilegeImports,
  symbolImports,
  metricImports,
];
/** The place in {@link GROUPS} of what makes each function; known once the first instance has made them all. */
const groupOf = new Map<string | symbol, number>();

/**
 * The import module `wbpf` (docs/abi.md) for one instance. Each function is a JavaScript closure even where it only calls native code: V8 cannot end a Wasm
 * loop around a native function that is imported directly.
 *
 * A function is made when it is asked for: a small module imports a tenth of them, and to make them all would be a third of what a further instance costs.
 */
export function wbpfImports(context: ImportContext): Record<WbpfFunction, ImportValue> {
  const made: Partial<Record<string | symbol, ImportValue>>[] = [];
  const group = (index: number) => {
    made[index] ??= GROUPS[index]?.(context) ?? {};
    return made[index];
  };
  if (groupOf.size === 0) {
    for (let index = 0; index < GROUPS.length; index++) {
      for (const name of Object.keys(group(index))) groupOf.set(name, index);
    }
  }
  return new Proxy({} as Record<WbpfFunction, ImportValue>, {
    get(_target, name) {
      const index = groupOf.get(name);
      return index === undefined ? undefined : group(index)[name];
    },
  });
}
