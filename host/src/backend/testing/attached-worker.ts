// What a Worker with a module does, as far as the backend is concerned: opens, attaches, reads 1,000 records, and then stays until it is terminated.
import { parentPort } from "node:worker_threads";
import { framesOf } from "../conformance/frames.js";
import { Guest, mapOf, programOf } from "../conformance/guest.js";
import { Producer } from "../conformance/producer.js";
import { KernelBackend } from "../kernel/kernel-backend.js";
import { compileTestObject } from "./compile.js";

const guest = new Guest(new KernelBackend());
const loaded = guest.load(compileTestObject("ring"));
const buffer = mapOf(loaded, "rb").openBuffer();
// Of an object each: before Linux 6.10 a program attaches to a raw tracepoint once only.
programOf(loaded, "on_sys_enter").attach();
for (let i = 1; i < 5; i++)
  programOf(guest.load(compileTestObject("ring")), "on_sys_enter").attach();

let records = 0;
const producer = new Producer(loaded);
while (records < 1000) {
  producer.records(100);
  records += framesOf(guest.view, 0, buffer.poll(0, 65536, -1)).length;
}
parentPort?.postMessage(records);
setInterval(() => {}, 1000);
