// Inspects and loads the object in the file that it is given, and prints what came of it as JSON. For a test that runs it as an ordinary user.
import { readFileSync } from "node:fs";
import { BpfError } from "../backend.js";
import { inspectObject } from "../kernel/inspect.js";
import { KernelBackend } from "../kernel/kernel-backend.js";

const bytes = new Uint8Array(readFileSync(process.argv[2] as string));
const { programs } = inspectObject(bytes, "attach");
const memory = new WebAssembly.Memory({ initial: 1 });
const session = new KernelBackend().createSession({ memory, stopFd: -1 });
try {
  session.openObject(bytes, { name: "attach" }).load();
  console.log("{}");
} catch (error) {
  if (!(error instanceof BpfError)) throw error;
  const { code, message } = error;
  console.log(JSON.stringify({ programs: programs.map(({ name }) => name), code, message }));
}
session.close();
