import type { Coverage } from "./entry.js";
import { MAPS } from "./maps.js";
import { OBJECTS } from "./objects.js";
import { REST } from "./rest.js";

/** Every function of libbpf 1.1, the version of Debian 12, and what a module has for it. */
export const COVERAGE: Coverage = { ...OBJECTS, ...MAPS, ...REST };
/** The version that the table is for. */
export const VERSION = "1.1.0";
