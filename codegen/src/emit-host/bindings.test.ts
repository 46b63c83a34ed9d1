import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { compile } from "../btf/testing/clang.js";
import { generateBindings } from "../emit/index.js";
import { generateHostBindings, generateHostTypes } from "./index.js";
import { type Generated, load, typeErrors } from "./testing/load.js";

const SOURCE = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
enum color { RED = -1, GREEN = 5, ALSO_GREEN = 5 };
enum wide { WIDE = 1, WIDER = 0x7fffffffff };
struct point { short x, y; };
struct event {
  unsigned long long when; int low : 3; unsigned high : 20; struct point from; enum color color; _Bool yes; char comm[8]; unsigned short ports[3];
  void *address; __int128 huge; double ratio; struct point path[2]; int class; union { int number; float real; }; unsigned char rest[];
};
struct event *rb_event;
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, struct point); __type(value, unsigned long); } counts SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, unsigned); __type(value, unsigned); } hits SEC(".maps");
const volatile long limit = -7; const volatile char label[8] = "abc"; static int total; struct point origin = { 3, -4 }; enum wide w = WIDE;
SEC("xdp") int packet(struct xdp_md *ctx) { total++; return limit + label[0]; }
char LICENSE[] SEC("license") = "GPL";
`;

interface Codec<T> {
  size: number;
  read(bytes: Uint8Array): T;
  write(value: T): Uint8Array;
}

// biome-ignore lint/suspicious/noExplicitAny: the generated module has types of its own, which typeErrors() checks
type Loose = any;

for (const target of ["bpf", "bpfeb"] as const) {
  describe(`bindings for the host (${target})`, () => {
    let text: string;
    let generated: Generated & Record<string, Loose>;
    let bytes: Buffer;
    before(async function () {
      this.timeout(30_000);
      bytes = compile(SOURCE, { target });
      text = generateHostBindings(bytes, { name: "demo", object: "demo.bpf.o" }).text;
      generated = await load(text);
    });

    it("type-check under strict options", async function () {
      this.timeout(60_000);
      assert.equal(await typeErrors(text), "");
    });

    it("read and write every kind of field, 64 bits as bigint", () => {
      const event = generated.Event.alloc();
      event.when = 0xfedcba9876543210n;
      event.low = -2;
      event.high = 0xabcde;
      event.color = generated.Color.GREEN;
      event.yes = true;
      event.address = 0xffff888000000000n;
      event.ratio = 0.1;
      event.from.x = -9;
      event.path.at(1).y = 12;
      event.ports.set(2, 0xbeef);
      event.class_ = 6;
      event.real = 1.5;
      event.huge.hi = 1n;
      const again = new generated.Event(Uint8Array.from(event.$bytes));
      const read = [
        again.when,
        again.low,
        again.high,
        again.color,
        again.yes,
        again.address,
        again.ratio,
        again.from.x,
        again.path.at(1).y,
        [...again.ports],
        again.class_,
        again.number,
        again.huge.hi,
      ];
      assert.deepEqual(read, [
        0xfedcba9876543210n,
        -2,
        0xabcde,
        5,
        true,
        0xffff888000000000n,
        0.1,
        -9,
        12,
        [0, 0, 0xbeef],
        6,
        0x3fc00000,
        1n,
      ]);
      assert.ok(again.equals(event));
      again.from.y = 1;
      assert.ok(!again.equals(event));
      event.copyFrom(again);
      assert.equal(event.from.y, 1);
      event.from = generated.Point.alloc();
      assert.equal(event.from.y, 0);
    });

    it("read and write text, cut between characters", () => {
      const event = generated.Event.alloc();
      event.comm = "größe✓✓";
      assert.equal(event.comm, "größe");
      event.comm = "ab\0cd";
      assert.equal(event.comm, "ab");
      assert.equal(Buffer.from(event.comm_bytes.$bytes).toString("hex"), "6162000000000000");
      event.comm_bytes.$bytes.fill(0xff);
      assert.equal(event.comm, "\uFFFD".repeat(8));
    });

    it("read an array that ends the data, as long as the data is", () => {
      const record = new Uint8Array(generated.Event.SIZE + 3).fill(7, generated.Event.SIZE);
      const { rest } = new generated.Event(record);
      const offset = generated.Event.SIZE - rest.length + 3;
      assert.ok(offset <= generated.Event.SIZE);
      assert.deepEqual([...rest].slice(-3), [7, 7, 7]);
    });

    it("refuse too few bytes and indexes outside", () => {
      assert.throws(() => new generated.Event(new Uint8Array(5)), {
        name: "RangeError",
        message: /struct event has \d+ bytes, and here are 5/,
      });
      const event = generated.Event.alloc();
      for (const index of [-1, 3, 1.5, Number.NaN])
        assert.throws(() => event.ports.at(index), RangeError);
      assert.throws(() => event.ports.set(3, 0), RangeError);
    });

    it("name the values of enums", () => {
      assert.deepEqual(
        [
          generated.Color.RED,
          generated.Color.nameOf(-1),
          generated.Color.nameOf(5),
          generated.Color.nameOf(9),
        ],
        [-1, "RED", "GREEN", "9"],
      );
      assert.equal(generated.Wide.WIDE, 1n);
    });

    it("say what the keys, values and records of maps are", () => {
      const { counts, hits, rb } = generated.DemoMaps as Record<
        string,
        { type: string; key: Codec<Loose>; value: Codec<Loose>; event: Codec<Loose> }
      >;
      assert.deepEqual([counts?.type, counts?.value.size], ["HASH", 8]);
      const point = generated.Point.alloc();
      point.x = 258;
      assert.deepEqual(
        [...(counts?.key.write(point) ?? [])],
        target === "bpf" ? [2, 1, 0, 0] : [1, 2, 0, 0],
      );
      assert.equal(counts?.value.read(counts.value.write(77n)), 77n);
      const values = hits?.value.write([1, 2, 3]);
      assert.equal(values?.length, 24);
      assert.deepEqual(hits?.value.read(values), [1, 2, 3]);
      assert.ok(rb?.event.read(new Uint8Array(500)) instanceof generated.Event);
      assert.deepEqual(generated.DemoProgs.packet, { name: "packet", section: "xdp" });
    });

    it("look at global variables in the bytes that the object has", async () => {
      const { BpfObjectFile } = await import("../object/index.js");
      const sections = new Map(
        BpfObjectFile.parse(bytes).dataSections.map((s) => [s.name, Uint8Array.from(s.initial)]),
      );
      const rodata = new generated.DemoRodata(sections.get(".rodata"));
      assert.deepEqual([rodata.limit, rodata.label], [-7n, "abc"]);
      rodata.limit = 5n;
      assert.equal(rodata.limit, 5n);
      const data = new generated.DemoData(sections.get(".data"));
      assert.deepEqual([data.origin.x, data.origin.y, data.w], [3, -4, 1n]);
    });

    it("are the same each time, and say where they come from", () => {
      assert.equal(generateHostBindings(bytes, { name: "demo", object: "demo.bpf.o" }).text, text);
      assert.match(
        text,
        /^\/\/ Generated by @wbpf\/codegen \S+ from demo\.bpf\.o, sha256 [0-9a-f]{64}\.\n.*wbpf gen --target host demo\.bpf\.o/,
      );
    });
  });
}

describe("bindings for the host and for a module", () => {
  it("give types and fields the same names", () => {
    const bytes = compile(SOURCE);
    const options = { name: "demo", object: "demo.bpf.o" };
    const module = generateBindings(bytes, options).text;
    const host = generateHostBindings(bytes, options).text;
    const types = (text: string) =>
      [
        ...text.matchAll(/^export (?:class|namespace|const) (\w+)(?: extends View)? (?:=|\{)/gm),
      ].map(([, name = ""]) => name);
    const inModule = types(module).filter((name) => !name.startsWith("Demo"));
    assert.ok(inModule.length > 5);
    for (const name of inModule) {
      assert.ok(types(host).includes(name), name);
      const members = (text: string) => {
        const body =
          new RegExp(`^export (?:class|namespace|const) ${name}\\b[^]*?^\\}`, "m").exec(
            text,
          )?.[0] ?? "";
        return [...body.matchAll(/^ {2}(?:get|set) (\w+)\(/gm)].map(([, member]) => member);
      };
      for (const member of members(module))
        assert.ok(members(host).includes(member), `${name}.${member}`);
    }
  });

  it("can be made of the kernel's largest types", async function () {
    this.timeout(120_000);
    if (!existsSync("/sys/kernel/btf/vmlinux")) this.skip();
    const types = ["task_struct", "sk_buff", "tcp_sock", "union bpf_attr"];
    const text = generateHostTypes(readFileSync("/sys/kernel/btf/vmlinux"), {
      types,
      source: "/sys/kernel/btf/vmlinux",
    });
    assert.equal(await typeErrors(text), "");
    const { TaskStruct } = (await load(text)) as Record<string, Loose>;
    assert.ok(TaskStruct.SIZE > 1000);
    const task = TaskStruct.alloc();
    task.comm = "bash";
    task.pid = 42;
    assert.deepEqual([task.comm, task.pid], ["bash", 42]);
  });
});
