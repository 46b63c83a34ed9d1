// Shows libbpf damaged objects, in a process of its own so that a crash is seen as what it is. Arguments: object, "open" or "load", first seed, number of seeds.
// Prints each seed before it is tried, so that the last line names the one that crashed.
import { writeSync } from "node:fs";
import { BpfError } from "../backend.js";
import { Guest } from "../conformance/guest.js";
import { inspectObject } from "../kernel/inspect.js";
import { KernelBackend } from "../kernel/kernel-backend.js";
import { compileTestObject } from "./compile.js";
import { mutate } from "./mutate.js";

const [name = "", mode, first, count] = process.argv.slice(2);
const good = compileTestObject(name);
const backend = new KernelBackend();

function attempt(bytes: Uint8Array): void {
  if (mode === "open" || mode === "truncate") {
    inspectObject(bytes, name);
    return;
  }
  const guest = new Guest(backend, { pages: 1 });
  try {
    guest.load(bytes, name);
  } finally {
    guest.session.close();
  }
}

let accepted = 0;
let refused = 0;
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  writeSync(1, `${seed}\n`);
  const cut = Math.floor((good.length * seed) / Number(count));
  try {
    attempt(mode === "truncate" ? good.subarray(0, cut) : mutate(good, seed));
    accepted++;
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    if (/\n {4}at /.test(error.message)) throw error;
    refused++;
  }
}
writeSync(1, `${JSON.stringify({ accepted, refused })}\n`);
