// What @wbpf/codegen costs a process that has not done it before: CPU milliseconds of each step, as JSON. Loading the code is not counted.
// usage: codegen-child.mjs TOOL.bpf.o STRUCTS.bpf.o
import { readFileSync } from "node:fs";
import { Btf, generateBindings, generateHostBindings } from "@wbpf/codegen";

const [tool, structs] = process.argv.slice(2).map((file) => readFileSync(file));
const kernel = readFileSync("/sys/kernel/btf/vmlinux");

function milliseconds(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

let btf;
const result = {
  skeleton: milliseconds(() => generateBindings(tool, { name: "tool", object: "tool.bpf.o" })),
  parse: milliseconds(() => {
    btf = Btf.parse(kernel);
  }),
  decode: milliseconds(() => {
    for (const type of btf.types()) if (type.id < 0) throw new Error("no such type");
  }),
  types: btf.typeCount,
  structs: milliseconds(() => generateBindings(structs, { name: "many", object: "many.bpf.o" })),
  structsHost: milliseconds(() =>
    generateHostBindings(structs, { name: "many", object: "many.bpf.o" }),
  ),
};
process.stdout.write(JSON.stringify(result));
