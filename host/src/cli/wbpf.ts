#!/usr/bin/env node
/**
 * The file that the command `wbpf` starts with. A module's thread takes as long to start as all the rest together, so it is begun before anything else is read.
 *
 * @module
 */
import { prepareThread } from "../runtime/thread.js";

if (process.argv[2] === "run") {
  prepareThread();
  await import("./run-only.js");
} else {
  await import("./main.js");
}
