import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command, CommanderError } from "commander";
import { BtfBuilder } from "../btf/testing/builder.js";
import { compile } from "../btf/testing/clang.js";
import { Elf } from "../elf/elf.js";
import { registerGen } from "./gen-command.js";

const SOURCE = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct event { int pid; unsigned long when; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); __type(value, struct event); } rb SEC(".maps");
char LICENSE[] SEC("license") = "GPL";
`;

describe("wbpf gen", () => {
  let folder: string;
  let object: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "wbpf-gen-"));
    object = write("my-tool.bpf.o", compile(SOURCE));
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(name: string, data: string | Uint8Array): string {
    const file = path.join(folder, name);
    writeFileSync(file, data);
    return file;
  }

  /** What the command writes with `-o`. */
  async function gen(...args: string[]): Promise<string> {
    const output = path.join(folder, "out.ts");
    const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
    registerGen(program);
    for (const command of program.commands) command.copyInheritedSettings(program);
    await program.parseAsync(["gen", ...args, "-o", output], { from: "user" });
    return readFileSync(output, "utf8");
  }

  it("writes the module's bindings, or the host's with --target host", async () => {
    const module = await gen(object);
    assert.match(module, /^export class MyTool extends BpfObject \{$/m);
    assert.match(module, /^ {2}get when\(\): u64 \{$/m);
    const host = await gen("--target", "host", object);
    assert.match(host, /`wbpf gen --target host my-tool\.bpf\.o` writes it again/);
    assert.match(host, /^ {2}get when\(\): bigint \{$/m);
    assert.doesNotMatch(host, /^import /m);
    await assert.rejects(gen("--target", "moon", object), CommanderError);
  });

  it("writes types of raw BTF, for both", async () => {
    const section = Elf.parse(readFileSync(object)).section(".BTF");
    assert.ok(section);
    const btf = write("types.btf", section.data);
    assert.match(await gen(btf, "--type", "event"), /get when\(\): u64/);
    assert.match(await gen(btf, "--target", "host", "--type", "event"), /get when\(\): bigint/);
    await assert.rejects(gen(btf), { code: "NO_TYPE", message: /types\.btf is raw BTF/ });
  });

  it("writes types of BTF that continues another, as a kernel module's does", async () => {
    const first = new BtfBuilder("little");
    const int = first.int("int", 4);
    const base = write("base.btf", first.build());
    const second = new BtfBuilder("little", { typeCount: 2, stringSize: first.stringSize });
    second.struct("module_state", 4, [["count", int, 0]]);
    const module = write("module.btf", second.build());
    const text = await gen(module, "--base", base, "--type", "module_state");
    assert.match(text, /get count\(\): u32/);
    assert.ok(text.includes(`\`wbpf gen ${module} --base ${base} --type module_state\` writes it`));
    assert.match(text, /, sha256 [0-9a-f]{64}\.\n/);
    const host = await gen(module, "--base", base, "--type", "module_state", "--target", "host");
    assert.match(host, /get count\(\): number/);
    await assert.rejects(gen(module, "--type", "module_state"), /module\.btf: /);
    await assert.rejects(gen(object, "--base", base), /is a BPF object, .* leave out --base/);
  });

  it("names the file in whatever fails", async () => {
    const bytes = readFileSync(object);
    const typeless = Buffer.from(bytes);
    typeless.write(".NOT", typeless.indexOf(".BTF\0"));
    const text = write("text.bpf.o", "this is no object, only text");
    for (const [args, message] of [
      [[write("cut.bpf.o", bytes.subarray(0, 300))], /cut\.bpf\.o: ELF: .* section headers/],
      [[write("typeless.bpf.o", typeless)], /typeless\.bpf\.o: .*\.BTF.*-g/],
      [[write("big.bpf.o", compile(SOURCE, { target: "bpfeb" }))], /big\.bpf\.o: .*big-endian/],
      [[object, "--type", "evnt"], /my-tool\.bpf\.o: no type is named evnt/],
      [[object, "--event", "x=event"], /my-tool\.bpf\.o: no ring or perf buffer is named x/],
      [[text], /text\.bpf\.o: \.BTF: no BTF/],
      [[text, "--type", "event"], /text\.bpf\.o: \.BTF: no BTF/],
      [[path.join(folder, "none.bpf.o")], /none\.bpf\.o/],
    ] as const) {
      for (const target of ["module", "host"]) {
        if (target === "host" && /big/.test(message.source)) continue;
        await assert.rejects(gen("--target", target, ...args), (error) => {
          // By its name: mocha's loader gives what is imported on demand classes of its own.
          assert.ok(error instanceof Error && /^(Codegen|Format)Error$/.test(error.name));
          assert.match(error.message, message);
          assert.equal(error.message.split(".bpf.o:").length, /none/.test(message.source) ? 1 : 2);
          return true;
        });
      }
    }
  });
});
