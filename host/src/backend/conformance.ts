import type { Backend } from "./backend.js";
import { buffersConform } from "./conformance/buffers.js";
import { mapsConform } from "./conformance/maps.js";
import { objectsConform } from "./conformance/objects.js";
import { stopConforms } from "./conformance/stop.js";
import { writeConforms } from "./conformance/write.js";

/** What the suite needs from whoever runs it. */
export interface ConformanceOptions {
  /** mocha's. */
  readonly describe: (title: string, body: () => void) => void;
  /** mocha's. */
  readonly it: (title: string, body: () => void | Promise<void>) => void;
  readonly backend: Backend;
  /** The ELF object of a test program: `testing/<name>.bpf.c`. */
  readonly object: (name: "maps" | "ring" | "refused") => Uint8Array;
  /** A request to stop, as the host makes it. */
  readonly stop: () => { readonly fd: number; signal(): void; close(): void };
}

/** Declares the tests that every backend must pass. */
export function backendConforms(options: ConformanceOptions): void {
  options.describe(`backend '${options.backend.name}'`, () => {
    objectsConform(options);
    mapsConform(options);
    buffersConform(options);
    stopConforms(options);
    writeConforms(options);
  });
}
