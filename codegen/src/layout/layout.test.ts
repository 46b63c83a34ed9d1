import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "../btf/testing/clang.js";
import { BpfObjectFile } from "../object/object.js";
import { layoutText } from "./command.js";
import type { JsonLayout } from "./json.js";
import { layoutOf } from "./layout.js";
import { printType } from "./print.js";

const SOURCE = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
enum color { RED = -1, GREEN = 5 };
struct point { short x; int y; };
struct event {
  char tag;
  long when;
  int low : 3; int high : 7;
  struct point from;
  union { int number; struct { char a; short b; } pair; };
  struct { unsigned char r; } named;
  enum color color;
  int (*call)(void *);
  char comm[16];
  char last;
};
typedef struct { int only; } alias;
typedef int plain;
struct event e; alias a; plain p; const volatile int setting = 3;
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, int); __type(value, struct event); } events SEC(".maps");
SEC("xdp") int packet(struct xdp_md *ctx) { return setting; }
char LICENSE[] SEC("license") = "GPL";
`;

const EXPECTED = `struct event {
	char tag;                               /*     0         1 */

	/* XXX 7 bytes hole */

	long when;                              /*     8         8 */
	int low:3;                              /*    16:0      3b */
	int high:7;                             /*    16:3      7b */

	/* XXX 2 bytes, 6 bits hole */

	struct point from;                      /*    20         8 */
	union {
		int number;                     /*    28         4 */
		struct {
			char a;                 /*    28         1 */

			/* XXX 1 byte hole */

			short b;                /*    30         2 */
		} pair;                         /*    28         4 */
	};                                      /*    28         4 */
	struct {
		unsigned char r;                /*    32         1 */
	} named;                                /*    32         1 */

	/* XXX 3 bytes hole */

	enum color color;                       /*    36         4 */
	int (*call)(void *);                    /*    40         8 */
	char comm[16];                          /*    48        16 */
	char last;                              /*    64         1 */

	/* size: 72, members: 11 */
	/* sum of 3 holes: 12 bytes, 6 bits */
	/* padding: 7 bytes */
};
`;

describe("wbpf layout", () => {
  let folder: string;
  let file: string;
  let object: BpfObjectFile;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "wbpf-layout-"));
    file = join(folder, "x.bpf.o");
    const bytes = compile(SOURCE);
    writeFileSync(file, bytes);
    object = BpfObjectFile.parse(bytes);
  });
  after(() => rmSync(folder, { recursive: true }));
  const run = (options: { types?: string[]; json?: boolean; base?: string }, path = file) =>
    [...layoutText(path, options)].join("");
  const json = (options: { types?: string[] } = {}) =>
    JSON.parse(run({ ...options, json: true })) as JsonLayout[];

  it("prints a struct as C with offsets, bits, holes and padding", () => {
    assert.equal(printType(object.btf, object.btf.findByName("event")?.id ?? 0), EXPECTED);
  });

  it("prints types, maps, variables and programs of an object", () => {
    const text = run({});
    for (const part of [
      "struct point {",
      "enum color {\n\tRED   = -1,\n\tGREEN = 5,\n\n\t/* size: 4, values: 2 */\n};",
      "map events (HASH, 8 entries) {\n\tkey: int, 4 bytes\n\tvalue: struct event, 72 bytes\n}",
      "const int setting;",
      'SEC("xdp")\nint packet(struct xdp_md *ctx);',
    ]) {
      assert.ok(text.includes(part), `${part}\nis not in\n${text}`);
    }
  });

  it("prints only what --type names, with or without its keyword", () => {
    assert.equal(run({ types: ["event"] }), EXPECTED);
    assert.equal(run({ types: ["struct event"] }), EXPECTED);
    assert.match(
      run({ types: ["alias", "plain"] }),
      /^typedef struct \{\n\tint only; .*\n\n\t.*\n\} alias;\n\ntypedef int plain; \/\* size: 4 \*\/\n$/,
    );
  });

  it("gives JSON with every field, nested ones dotted and anonymous ones hoisted", () => {
    const [event] = json({ types: ["event"] });
    assert.deepEqual([event?.name, event?.kind, event?.size], ["event", "struct", 72]);
    const fields = event?.fields.map(
      ({ name, bitOffset, bitSize, type }) => `${name} ${bitOffset} ${bitSize} ${type}`,
    );
    assert.deepEqual(fields, [
      "tag 0 8 char",
      "when 64 64 long",
      "low 128 3 int",
      "high 131 7 int",
      "from 160 64 struct point",
      "from.x 160 16 short",
      "from.y 192 32 int",
      "number 224 32 int",
      "pair 224 32 struct { char a; short b; }",
      "pair.a 224 8 char",
      "pair.b 240 16 short",
      "named 256 8 struct { unsigned char r; }",
      "named.r 256 8 unsigned char",
      "color 288 32 enum color",
      "call 320 64 int (*)(void *)",
      "comm 384 128 char[16]",
      "last 512 8 char",
    ]);
  });

  it("gives JSON of enums, maps, variables and programs", () => {
    const all = json();
    const named = (name: string) => all.find((entry) => entry.name === name);
    assert.deepEqual(named("color")?.values, [
      { name: "RED", value: "-1" },
      { name: "GREEN", value: "5" },
    ]);
    assert.deepEqual(named("events"), {
      name: "events",
      kind: "map",
      size: 72,
      fields: [
        { name: "key", bitOffset: 0, bitSize: 32, type: "int" },
        { name: "value", bitOffset: 0, bitSize: 576, type: "struct event" },
      ],
      type: "HASH",
      maxEntries: 8,
    });
    assert.deepEqual(named("packet")?.signature, "int packet(struct xdp_md *ctx)");
    assert.deepEqual(
      named(".rodata")?.fields.map(({ name, bitSize }) => [name, bitSize]),
      [["setting", 32]],
    );
    for (const entry of all) assert.ok(Array.isArray(entry.fields) && Number.isInteger(entry.size));
  });

  it("counts every bit of a struct once: members, holes and padding", () => {
    for (const type of object.btf.types()) {
      if (type.kind !== "STRUCT") continue;
      const layout = layoutOf(object.btf, type.id);
      const used = layout.members.reduce((sum, { bitSize, hole }) => sum + bitSize + hole, 0);
      assert.equal(used + layout.padding, layout.size * 8, type.name);
    }
  });

  it("says what is wrong, with the file's name", () => {
    assert.throws(() => run({ types: ["evnt"] }), {
      code: "NO_TYPE",
      message: /: no type "evnt"; there is event$/,
    });
    assert.throws(() => run({}, join(folder, "missing.o")), {
      code: "CANNOT_READ",
      message: /cannot read .*missing\.o: no such file/,
    });
    const text = join(folder, "text.o");
    writeFileSync(text, "this is no BTF at all, only text");
    assert.throws(() => run({}, text), {
      code: "BAD_FORMAT",
      message: /text\.o: \.BTF: no BTF: starts with 0x6874/,
    });
    assert.throws(() => run({}, folder), { code: "CANNOT_READ" });
  });

  it("prints no control characters that a name may hold", () => {
    const bytes = compile("struct evil { int x; }; struct evil v;");
    const at = bytes.indexOf("evil\0");
    for (let i = at; i >= 0; i = bytes.indexOf("evil\0", i + 1)) bytes.write("e\x1b[m", i);
    const path = join(folder, "evil.o");
    writeFileSync(path, bytes);
    const output = run({}, path);
    assert.ok(output.includes("struct e\uFFFD[m {"), output);
    assert.ok(!output.includes("\x1b"));
  });
});
