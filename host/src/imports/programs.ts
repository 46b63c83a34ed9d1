import type { ProgramProperty } from "../backend/backend.js";
import { decodeOptions } from "./attach/decode.js";
import type { ImportContext } from "./context.js";
import { bpfError } from "./errno.js";
import { Record } from "./record.js";
import { testRun } from "./test-run.js";
import { readText, writeText } from "./text.js";

/** `program_set`'s second argument (docs/abi.md). */
const PROPERTIES: Readonly<{ [what: number]: ProgramProperty }> = {
  1: "autoload",
  2: "type",
  3: "attachType",
  4: "flags",
  5: "logLevel",
};

/** `program_*`, see docs/abi.md. */
export function programImports(context: ImportContext) {
  const { memory, handles } = context;
  return {
    program_attach: context.cold("program_attach", (program) => {
      const link = handles.get(program, "program").attach();
      return context.adopt("link", link, handles.ownerOf(program), () => link.destroy());
    }),
    program_attach_to: context.cold("program_attach_to", (program, kind, options, length) => {
      const target = handles.get(program, "program");
      const link = target.attachTo(decodeOptions(kind, memory, handles, options, length));
      return context.adopt("link", link, handles.ownerOf(program), () => link.destroy());
    }),
    program_name: context.cold("program_name", (program, buf, cap) =>
      writeText(memory, handles.get(program, "program").name, buf, cap, "program_name's buffer"),
    ),
    program_section: context.cold("program_section", (program, buf, cap) => {
      const { section } = handles.get(program, "program");
      return writeText(memory, section, buf, cap, "program_section's buffer");
    }),
    program_set: context.cold("program_set", (program, what, value) => {
      const target = handles.get(program, "program");
      const property = PROPERTIES[what];
      if (property === undefined) {
        throw bpfError("EINVAL", `program_set knows no property ${what}`);
      }
      target.set(property, value >>> 0);
      return 0;
    }),
    program_set_attach_target: context.cold(
      "program_set_attach_target",
      (program, target, name, length) => {
        const attached = handles.get(program, "program");
        const owner = target === 0 ? undefined : handles.get(target, "program");
        attached.setAttachTarget(owner, readText(memory, name, length, "the attach target's name"));
        return 0;
      },
    ),
    program_info: context.cold("program_info", (program, out, cap) => {
      const info = handles.get(program, "program").info();
      return new Record()
        .u32(info.type)
        .u32(info.id)
        .bytes(info.tag.subarray(0, 8))
        .u32(info.jitedBytes)
        .u32(info.translatedBytes)
        .u64(info.loadTime)
        .u64(info.runTimeNs)
        .u64(info.runCount)
        .u64(info.recursionMisses)
        .u32(info.verifiedInstructions)
        .u32(info.uid)
        .u32(info.maps)
        .u32(info.gplCompatible ? 1 : 0)
        .write(memory, out, cap, "program_info's buffer");
    }),
    program_test_run: context.cold("program_test_run", (program, args) =>
      testRun(context, handles.get(program, "program"), args),
    ),
  };
}
