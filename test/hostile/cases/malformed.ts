import { buildWasm, ENDLESS, i32, UNREACHABLE } from "../../../host/src/testing/wasm-builder.js";
import type { HostileCase } from "../support/case.js";
import { objects } from "../support/objects.js";
import type { Script } from "../support/script.js";

/** Opens an object, which must be refused then, or at its load. */
const refusedObject = (script: Script, bytes: Uint8Array): void => {
  const object = script.call("object_open", ...script.put(bytes), 0, 0);
  script.refused(/./, "object_load", object);
};

const changed = (change: (bytes: Uint8Array, view: DataView) => void): Uint8Array => {
  const bytes = objects().tool.slice();
  change(bytes, new DataView(bytes.buffer));
  return bytes;
};

/** Where an ELF header has its section table, and how many sections. */
const table = (view: DataView): [number, number] => [
  Number(view.getBigUint64(40, true)),
  view.getUint16(60, true),
];

/** The file offset of a section, by the type that its header says or by what it begins with. */
const BTF_MAGIC = [0x9f, 0xeb];

export const malformed: readonly HostileCase[] = [
  {
    tries: "no object at all, half of one, and text",
    module: (script) => {
      const { tool } = objects();
      for (const bytes of [new Uint8Array(), tool.slice(0, 64), tool.slice(0, tool.length / 2)]) {
        refusedObject(script, bytes);
      }
      refusedObject(script, Buffer.from("#!/bin/sh\nexec sh\n"));
    },
  },
  {
    tries: "an ELF header whose section table lies at 2^63",
    module: (script) => {
      refusedObject(
        script,
        changed((_, view) => view.setBigUint64(40, 1n << 63n, true)),
      );
      refusedObject(
        script,
        changed((_, view) => view.setBigUint64(40, 2n ** 64n - 64n, true)),
      );
      refusedObject(
        script,
        changed((_, view) => view.setUint16(60, 0xffff, true)),
      );
      refusedObject(
        script,
        changed((_, view) => view.setUint16(62, 0xfff0, true)),
      );
    },
  },
  {
    tries: "sections whose offset and size overflow",
    module: (script) => {
      for (const [field, value] of [
        [24, 2n ** 64n - 8n],
        [32, 2n ** 64n - 1n],
        [32, 1n << 40n],
      ] as const) {
        refusedObject(
          script,
          changed((_, view) => {
            const [at, count] = table(view);
            for (let i = 1; i < count; i++) view.setBigUint64(at + 64 * i + field, value, true);
          }),
        );
      }
    },
  },
  {
    tries: "BTF whose types lead outside, and into themselves",
    module: (script) => {
      for (const offset of [4, 8, 12, 16, 20]) {
        refusedObject(
          script,
          changed((bytes, view) => {
            const at = Buffer.from(bytes).indexOf(Buffer.from(BTF_MAGIC));
            view.setUint32(at + offset, 0xfffffff0, true);
          }),
        );
      }
      refusedObject(
        script,
        changed((bytes, view) => {
          const at = Buffer.from(bytes).indexOf(Buffer.from(BTF_MAGIC));
          // Each type's size or type: the type itself.
          for (let i = 0; i < 12; i++) view.setUint32(at + 24 + 12 * i + 8, i + 1, true);
        }),
      );
    },
  },
  {
    tries: "an object of another machine, and of 32 bits",
    module: (script) => {
      refusedObject(
        script,
        changed((_, view) => view.setUint16(18, 62, true)),
      );
      refusedObject(
        script,
        changed((bytes) => {
          bytes[4] = 1;
        }),
      );
      refusedObject(
        script,
        changed((bytes) => {
          bytes[5] = 2;
        }),
      );
    },
  },
  {
    tries: "instructions that no verifier takes",
    module: (script) => {
      refusedObject(
        script,
        changed((bytes, view) => {
          const [at] = table(view);
          for (let i = 1; i < view.getUint16(60, true); i++) {
            const header = at + 64 * i;
            // SHF_EXECINSTR
            if ((view.getBigUint64(header + 8, true) & 4n) === 0n) continue;
            const code = Number(view.getBigUint64(header + 24, true));
            const size = Number(view.getBigUint64(header + 32, true));
            bytes.fill(0xff, code, code + size);
          }
        }),
      );
    },
  },
  {
    tries: "a Wasm file that is cut off",
    module: (script) => script.build().slice(0, 40),
    unfit: /cannot run hostile\.wasm: it is truncated/,
  },
  {
    tries: "a Wasm section that says it is four gigabytes long",
    module: () =>
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1),
    unfit: /cannot run hostile\.wasm/,
  },
  {
    tries: "a Wasm file of another version",
    module: (script) => {
      const bytes = script.build();
      bytes[4] = 2;
      return bytes;
    },
    unfit: /cannot run hostile\.wasm/,
  },
  {
    tries: "a description that is no JSON, and one that is huge",
    module: () => buildWasm({ custom: [["wbpf", "{".repeat(100_000)]] }),
    unfit: /custom section 'wbpf'/,
  },
  {
    tries: "two descriptions",
    module: () =>
      buildWasm({
        custom: [
          ["wbpf", '{"abi":1}'],
          ["wbpf", '{"abi":1}'],
        ],
      }),
    unfit: /more than one/,
  },
  {
    tries: "a description whose prototype it poisons, for an ABI that is not served",
    module: () =>
      buildWasm({ custom: [["wbpf", '{"__proto__":{"abi":1},"constructor":1,"abi":999}']] }),
    unfit: /ABI 999/,
  },
  {
    tries: "shared memory",
    module: () => buildWasm({ memory: { pages: 1, flags: 2 } }),
    unfit: /shared/,
  },
  {
    tries: "work in its start section, before it can be stopped",
    module: (script) => {
      script.call("object_open", 0, 64, 0, 0);
      return script.build({ startSection: true });
    },
    ends: /_start/,
  },
  {
    tries: "a trap",
    module: () => buildWasm({ start: [UNREACHABLE] }),
    ends: /unreachable/,
  },
  {
    tries: "a load far outside of its memory",
    module: () => buildWasm({ start: [...i32(-4), 0x28, 2, 0xf0, 0xff, 0xff, 0xff, 0x0f, 0x1a] }),
    ends: /memory/,
  },
  {
    tries: "an endless loop in its start section",
    policy: "host: { stdout: true }\nlimits: { callback: 200ms }\n",
    module: () => buildWasm({ start: ENDLESS, startSection: true }),
    ends: /ms|s /,
  },
];
