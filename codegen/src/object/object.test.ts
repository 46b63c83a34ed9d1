import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { compile } from "../btf/testing/clang.js";
import { libbpfOf, linkObjects } from "../btf/testing/libbpf.js";
import { CodegenError } from "../errors.js";
import { BpfObjectFile } from "./object.js";

const source = readFileSync(new URL("testing/everything.bpf.c", import.meta.url), "utf8");
const HELPERS = "#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n";

/** A map variable of these members. */
const map = (members: string) => `${HELPERS}struct { ${members} } m SEC(".maps");`;

describe("BpfObjectFile", () => {
  let bytes: Buffer;
  let object: BpfObjectFile;
  before(() => {
    bytes = compile(source);
    object = BpfObjectFile.parse(bytes);
  });

  describe("against libbpf, which opens the same object", () => {
    const lines: string[][] = [];
    before(() => {
      for (const line of libbpfOf("object", bytes).trimEnd().split("\n"))
        lines.push(line.split(" "));
    });
    const facts = (letter: string) =>
      lines.filter(([first]) => first === letter).map(([, ...rest]) => rest);

    it("has the same maps, with types, sizes, flags and pinning", () => {
      const theirs = facts("m").filter(
        ([name = "", type]) => !name.includes(".") && type !== "struct_ops",
      );
      const ours = object.maps.map((m) =>
        [
          m.name,
          m.typeName.toLowerCase(),
          m.keySize,
          m.valueSize,
          m.maxEntries,
          m.flags,
          m.mapExtra,
          m.pinning,
          0,
        ].map(String),
      );
      assert.deepEqual(ours, theirs);
    });

    it("has the same data sections", () => {
      const theirs = facts("m").filter(([name = ""]) => name.includes("."));
      const sizes = new Map(
        theirs.map(([name = "", , , size = ""]) => [name.slice(name.indexOf(".")), Number(size)]),
      );
      assert.deepEqual(new Map(object.dataSections.map(({ name, size }) => [name, size])), sizes);
    });

    it("has the same programs, with types, attach types and instructions", () => {
      const ours = object.programs.map((p) =>
        [p.name, p.section, p.kind?.program.toLowerCase(), p.instructions, p.autoload ? 1 : 0].map(
          String,
        ),
      );
      assert.deepEqual(
        ours,
        facts("p").map(([name, section, type, , , instructions, autoload]) => [
          name,
          section,
          type,
          instructions,
          autoload,
        ]),
      );
    });

    it("has every variable at the same place, those of .kconfig too", () => {
      const ours = object.dataSections.flatMap(({ name, variables }) =>
        variables.map((v) => `${name} ${v.name} ${v.offset}`),
      );
      const theirs = facts("v").map(([section, name, offset]) => `${section} ${name} ${offset}`);
      assert.deepEqual(ours.sort(), theirs.sort());
    });
  });

  it("reads objects that were linked, where two static variables may have one name", () => {
    const other = compile(`${HELPERS}
      static volatile int count; static volatile long other; int more = 9;
      SEC("xdp") int in_other(void *ctx) { count++; other++; return more; }
      char LICENSE[] SEC("license") = "GPL";`);
    const first = compile(`${HELPERS}
      static volatile int count; const volatile char text[3] = "ab";
      SEC("xdp") int in_first(void *ctx) { count++; return text[1]; }
      char LICENSE[] SEC("license") = "GPL";`);
    const linked = linkObjects(first, other);
    const file = BpfObjectFile.parse(linked);
    const theirs = libbpfOf("object", linked)
      .trimEnd()
      .split("\n")
      .filter((line) => line.startsWith("v "))
      .map((line) => line.slice(2));
    const ours = file.dataSections.flatMap(({ name, variables }) =>
      variables.map((v) => `${name} ${v.name} ${v.offset} ${v.size}`),
    );
    assert.deepEqual(ours.sort(), theirs.sort());
    assert.equal(ours.filter((line) => line.startsWith(".bss count")).length, 2);
    assert.deepEqual(file.programs.map(({ name }) => name).sort(), ["in_first", "in_other"]);
  });

  it("takes the section's name apart", () => {
    const [exec] = object.programs.filter(({ name }) => name === "on_exec");
    assert.deepEqual(exec?.parts, ["tracepoint", "sched", "sched_process_exec"]);
    const packet = object.programs.find(({ name }) => name === "on_packet");
    assert.deepEqual(
      [packet?.section, packet?.autoload, packet?.kind?.autoAttach],
      ["xdp", false, false],
    );
    assert.equal(object.btf.cDeclaration(packet?.func ?? 0), "int on_packet(struct xdp_md *ctx)");
  });

  it("keeps subprograms apart", () => {
    const found = object.subprograms.map(({ name, linkage }) => [name, linkage]).sort();
    assert.deepEqual(found, [
      ["inner_function", "static"],
      ["outer_function", "global"],
    ]);
  });

  it("finds key, value and inner types, and initial values", () => {
    const byName = new Map(object.maps.map((m) => [m.name, m]));
    const text = (id: number | undefined) =>
      id === undefined ? undefined : object.btf.cDeclaration(id);
    assert.deepEqual(
      [text(byName.get("pinned")?.keyType), text(byName.get("pinned")?.valueType)],
      ["struct key", "struct value"],
    );
    assert.equal(text(byName.get("outer")?.inner?.valueType), "anonymous_value");
    assert.equal(byName.get("sized")?.valueType, undefined);
    assert.deepEqual(byName.get("outer")?.values, ["first", undefined, "second"]);
    assert.deepEqual(byName.get("tails")?.values, [undefined, "tail_one"]);
  });

  it("reads variables with their initial bytes", () => {
    const variables = new Map(
      object.dataSections.flatMap((s) =>
        s.variables.map((v) => [v.name, { ...v, section: s.name, sectionKind: s.kind }]),
      ),
    );
    const hex = (name: string) => Buffer.from(variables.get(name)?.initial ?? []).toString("hex");
    assert.equal(hex("target"), "07000000");
    assert.equal(hex("data"), "8877665544332211");
    assert.equal(variables.get("table")?.sectionKind, "bss");
    assert.equal(hex("table"), "");
    assert.equal(variables.get("count")?.linkage, "static");
    assert.equal(variables.get("inner_function.calls")?.linkage, "static");
    assert.equal(variables.get("custom")?.section, ".data.custom");
    assert.equal(variables.get("read_only")?.sectionKind, "rodata");
    // The flexible array counts: 4 bytes, "abcdef" with its NUL, padding.
    assert.equal(hex("flexible"), "020000006162636465660000");
    const configs = [
      "CONFIG_HZ",
      "CONFIG_BPF",
      "CONFIG_CC_VERSION_TEXT",
      "CONFIG_MODULE",
      "CONFIG_LETTER",
    ].map((name) => [variables.get(name)?.config, variables.get(name)?.weak]);
    assert.deepEqual(configs, [
      ["int", false],
      ["bool", true],
      ["string", false],
      ["tristate", true],
      ["char", true],
    ]);
  });

  it("reads struct_ops with the programs that they point at", () => {
    assert.deepEqual(
      object.structOps.map(({ name, size, programs }) => [name, size, [...programs]]),
      [["my_ops", 32, [["init", "my_init"]]]],
    );
  });

  it("reads the license", () => {
    assert.equal(object.license, "GPL");
  });

  it("reads a big-endian object alike", () => {
    const big = BpfObjectFile.parse(compile(source, { target: "bpfeb" }));
    assert.equal(big.byteOrder, "big");
    assert.deepEqual(big.maps, object.maps);
    const places = (file: BpfObjectFile) =>
      file.dataSections.map(({ name, variables }) => [
        name,
        variables.map((v) => [v.name, v.offset, v.size]),
      ]);
    assert.deepEqual(places(big), places(object));
    assert.deepEqual(big.structOps, object.structOps);
  });

  it("warns of 64-bit enums that the compiler cut", function () {
    const file = BpfObjectFile.parse(
      compile("enum big { BIG = 0x123456789abcULL }; enum big b; enum small { SMALL = 1 } s;"),
    );
    const cut = file.btf.findByName("big")?.kind === "ENUM";
    if (!cut) this.skip();
    assert.deepEqual(
      file.warnings.map(({ code }) => code),
      ["ENUM_TRUNCATED"],
    );
    assert.match(file.warnings[0]?.message ?? "", /enum big has 8 bytes/);
  });

  it("finds a variable in the section that it is in, whatever BTF lists it under", function () {
    const source = (more: string) =>
      `union u { int a; char c[8]; }; union u empty = {}; float zero = -0.0f; int none; ${more}`;
    const alone = BpfObjectFile.parse(
      compile("union u { int a; char c[8]; }; union u empty = {};"),
    );
    const file = BpfObjectFile.parse(compile(source("int one = 1;")));
    const sections = file.dataSections.map(({ name, variables }) => [
      name,
      variables.map((variable) => variable.name).sort(),
    ]);
    assert.deepEqual(Object.fromEntries(sections), {
      ".bss": ["empty", "none"],
      ".data": ["one", "zero"],
    });
    for (const { size, variables } of file.dataSections) {
      const end = Math.max(...variables.map((variable) => variable.offset + variable.size));
      assert.equal(end, size);
    }
    const zero = file.dataSections
      .flatMap(({ variables }) => variables)
      .find((v) => v.name === "zero");
    assert.deepEqual([...(zero?.initial ?? [])], [0, 0, 0, 0x80]);
    // A compiler that lists them rightly needs no warning.
    if (alone.warnings.length === 0) this.skip();
    assert.match(
      alone.warnings[0]?.message ?? "",
      /put empty into \.bss but lists it under \.data, so that libbpf does not open the object/,
    );
    assert.deepEqual(
      file.warnings.map(({ code }) => code),
      ["VARIABLE_MISLISTED", "VARIABLE_MISLISTED"],
    );
  });

  describe("refuses what libbpf refuses, and says what to do", () => {
    const cases: [string, string, string, RegExp][] = [
      [
        "maps of the old form",
        `${HELPERS}struct bpf_map_def { int x; }; struct bpf_map_def SEC("maps") old = {1};`,
        "LEGACY_MAPS",
        /section "maps" has maps of the old form/,
      ],
      [
        "a static map",
        map("__uint(type, BPF_MAP_TYPE_HASH);").replace("struct {", "static struct {") +
          "void *use(void) { return &m; }",
        "BAD_MAP",
        /map m is static/,
      ],
      ["a map without a type", map("__uint(max_entries, 1);"), "BAD_MAP", /map m has no type/],
      [
        "an unknown member",
        map("__uint(type, 1); __uint(colour, 3);"),
        "BAD_MAP",
        /unknown member "colour"/,
      ],
      [
        "two sizes of a key",
        map("__uint(type, 1); __uint(key_size, 8); __type(key, int);"),
        "BAD_MAP",
        /two key sizes, 8 and 4/,
      ],
      ["a number that is none", map("int type;"), "BAD_MAP", /type that is no number/],
      [
        "a map that is no struct",
        `${HELPERS}union { int a; } m SEC(".maps");`,
        "BAD_MAP",
        /map m is a VOID/,
      ],
      [
        "unknown pinning",
        map("__uint(type, 1); __uint(pinning, 9);"),
        "BAD_MAP",
        /unknown pinning 9/,
      ],
      [
        "a static program",
        `${HELPERS}SEC("xdp") static int p(void *c) { return 0; } void *use(void) { return p; }`,
        "BAD_PROGRAM",
        /program p in SEC\("xdp"\) is static/,
      ],
      [
        "a kconfig type that it cannot fill",
        `${HELPERS}extern struct { int a; } CONFIG_X __kconfig; SEC("xdp") int p(void *c) { return CONFIG_X.a; }`,
        "BAD_KCONFIG",
        /CONFIG_X __kconfig: libbpf fills in only/,
      ],
    ];
    for (const [what, text, code, message] of cases) {
      it(what, () => {
        const object = compile(text);
        assert.throws(
          () => BpfObjectFile.parse(object),
          (error: unknown) => {
            assert.ok(error instanceof CodegenError);
            assert.equal(error.code, code);
            assert.match(error.message, message);
            return true;
          },
        );
      });
    }

    it("an object without BTF, a file for another machine, no ELF file", () => {
      assert.throws(() => BpfObjectFile.parse(compile("int x;", { flags: ["-g0"] })), {
        code: "NO_BTF",
      });
      assert.throws(
        () => BpfObjectFile.parse(compile("int x;", { target: "host" })),
        /no BPF object: built for machine/,
      );
      assert.throws(() => BpfObjectFile.parse(Buffer.from("hello")), /no ELF file/);
    });
  });
});
