import assert from "node:assert/strict";
import { compile, Guest } from "../../testing/guest.js";

const HEADER = `
import { BpfObject, console } from "@wbpf/sdk/assembly";
import { ConstantSection, DataSection, KernelConfig } from "@wbpf/sdk/assembly/global/index";
import { constantPlace, valueIn, whereIs, wasPut } from "@wbpf/sdk/assembly/abi/section";
class Data extends DataSection {
  get limit(): u32 { return load<u32>(whereIs(changetype<usize>(this), 4)); }
  set limit(v: u32) {
    store<u32>(whereIs(changetype<usize>(this), 4), v);
    wasPut(changetype<usize>(this));
  }
  get struct(): usize { return this.view(0); }
}
class Rodata extends ConstantSection {
  get limit(): u32 { return load<u32>(valueIn(changetype<usize>(this), 4)); }
  set limit(v: u32) { store<u32>(constantPlace(changetype<usize>(this), 4, "limit"), v); }
  get struct(): usize { return this.view(0); }
}
class Kconfig extends KernelConfig {
  get limit(): u32 { return load<u32>(valueIn(changetype<usize>(this), 4)); }
}
function open(): BpfObject { return new BpfObject("tool", memory.data<u64>([1]), 8); }
function log(n: i64): void { console.log(n.toString()); }
`;

/** A host with one section of 8 bytes. */
class SectionHost extends Guest {
  bytesNow = Uint8Array.from([1, 0, 0, 0, 2, 0, 0, 0]);
  readonly calls: string[] = [];

  constructor() {
    super();
    this.wbpf.object_open = () => 1;
    this.wbpf.object_find_map = () => 11;
    this.wbpf.last_error = () => 0;
    // Sections that stand in the module's memory have tests of their own, on the kernel.
    this.wbpf.map_live_info = () => -95;
    this.wbpf.object_load = () => this.note("load");
    this.wbpf.map_initial_value = (_map, offset, dst, length) => {
      this.bytes(dst as number, length as number).set(
        this.bytesNow.subarray(offset, (offset as number) + (length as number)),
      );
      return this.note("initial");
    };
    this.wbpf.map_set_initial_value = (_map, offset, src, length) => {
      this.bytesNow.set(this.bytes(src as number, length as number), offset);
      return this.note("set");
    };
    this.wbpf.map_lookup = (_map, _key, value) => {
      this.bytes(value as number, 8).set(this.bytesNow);
      return this.note("lookup");
    };
    this.wbpf.map_update = (_map, _key, value) => {
      this.bytesNow = this.bytes(value as number, 8).slice();
      return this.note("update");
    };
  }

  private note(call: string): number {
    this.calls.push(call);
    return 0;
  }
}

async function lines(host: SectionHost, body: string): Promise<string[]> {
  const code = host.run(
    await compile(`${HEADER}\nexport function main(): i32 {\n${body}\n  return 0;\n}`),
  );
  assert.equal(code, 0, host.stderr);
  return host.stdout.trimEnd().split("\n");
}

describe("a section of global variables", () => {
  it("of .rodata hands its values over with the load, and has them afterwards", async () => {
    const host = new SectionHost();
    const out = await lines(
      host,
      `
  const tool = open();
  const rodata = new Rodata(tool, ".rodata", 8);
  log(rodata.limit);
  rodata.limit = 70000;
  log(tool.load());
  log(rodata.limit);`,
    );
    assert.deepEqual(out, ["2", "0", "70000"]);
    assert.deepEqual(host.calls, ["initial", "set", "load"]);
    assert.deepEqual([...host.bytesNow], [1, 0, 0, 0, 0x70, 0x11, 1, 0]);
  });

  it("of .rodata ends the module when it is set after the load", async () => {
    const host = new SectionHost();
    const wasm = await compile(`${HEADER}
export function main(): i32 {
  const tool = open();
  const rodata = new Rodata(tool, ".rodata", 8);
  tool.load();
  rodata.limit = 3;
  return 0;
}`);
    assert.throws(() => host.run(wasm));
    assert.match(
      host.stderr,
      /tool: limit is in \.rodata, which cannot change once the object is loaded: set it before load\(\)/,
    );
  });

  it("of .rodata takes what is changed through a view before the load", async () => {
    const host = new SectionHost();
    await lines(
      host,
      `
  const tool = open();
  store<u8>(new Rodata(tool, ".rodata", 8).struct, 7);
  log(tool.load());`,
    );
    assert.deepEqual(host.calls, ["initial", "set", "load"]);
    assert.deepEqual([...host.bytesNow], [7, 0, 0, 0, 2, 0, 0, 0]);
  });

  it("leaves an object alone whose values were not touched", async () => {
    const host = new SectionHost();
    await lines(
      host,
      `
  const tool = open();
  const data = new Data(tool, ".data", 8);
  log(data.limit + tool.load());`,
    );
    assert.deepEqual(host.calls, ["initial", "load"]);
  });

  it("of .data reads and writes the kernel's values after the load", async () => {
    const host = new SectionHost();
    host.wbpf.object_load = () => {
      host.bytesNow = Uint8Array.from([9, 0, 0, 0, 8, 0, 0, 0]);
      return 0;
    };
    const out = await lines(
      host,
      `
  const tool = open();
  const data = new Data(tool, ".data", 8);
  tool.load();
  log(data.limit);
  data.limit = 5;
  log(data.limit);
  store<u8>(data.struct, 4);
  log(data.flush());`,
    );
    assert.deepEqual(out, ["8", "5", "0"]);
    assert.deepEqual([...host.bytesNow], [4, 0, 0, 0, 5, 0, 0, 0]);
  });

  it("of .kconfig has its values once the object is loaded", async () => {
    const host = new SectionHost();
    const out = await lines(
      host,
      `
  const tool = open();
  const kconfig = new Kconfig(tool, ".kconfig", 8);
  log(kconfig.limit);
  tool.load();
  log(kconfig.limit);`,
    );
    assert.deepEqual(out, ["0", "2"]);
  });
});
