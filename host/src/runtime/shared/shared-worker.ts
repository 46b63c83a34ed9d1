/**
 * The entry of a thread that several modules share.
 *
 * @module
 */
import { workerData } from "node:worker_threads";
import { loadBackend } from "../backends.js";
import type { SharedThreadData } from "./protocol.js";
import { Scheduler } from "./scheduler.js";

/** As in a module's own thread. */
Error.stackTraceLimit = 32;

const data = workerData as SharedThreadData;
new Scheduler(data, await loadBackend(data.backend)).run();
