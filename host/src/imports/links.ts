import type { ImportContext } from "./context.js";
import { errno } from "./errno.js";
import { Record } from "./record.js";
import { MAX_PATH, readText } from "./text.js";

/** `link_*`, `stats_enable` and `interface_index`, see docs/abi.md. */
export function linkImports(context: ImportContext) {
  const { memory, handles } = context;
  return {
    link_open: context.cold("link_open", (path, length) => {
      const link = context.session.openLink(
        readText(memory, path, length, "the pin's path", MAX_PATH),
      );
      return context.adopt("link", link, 0, () => link.destroy());
    }),
    link_destroy: context.cold("link_destroy", (handle) => {
      const link = handles.get(handle, "link");
      handles.remove(handle);
      link.destroy();
      return 0;
    }),
    link_detach: context.cold("link_detach", (handle) => {
      handles.get(handle, "link").detach();
      return 0;
    }),
    link_update: context.cold("link_update", (handle, program) => {
      handles.get(handle, "link").update(handles.get(program, "program"));
      return 0;
    }),
    link_info: context.cold("link_info", (handle, out, cap) => {
      const info = handles.get(handle, "link").info();
      return new Record()
        .u32(info.type)
        .u32(info.id)
        .u32(info.programId)
        .u32(info.attachType)
        .u64(info.target)
        .write(memory, out, cap, "link_info's buffer");
    }),
    link_read: context.cold("link_read", (handle, buf, cap) => {
      const link = handles.get(handle, "link");
      memory.check(buf, cap, "link_read's buffer");
      const result = link.read(buf >>> 0, cap >>> 0);
      if (result >= 0 || result === -errno.ECANCELED) return result;
      return context.fail(-result, explainRead(-result));
    }),
    stats_enable: context.cold("stats_enable", () => {
      const link = context.session.enableStats();
      return context.adopt("link", link, 0, () => link.destroy());
    }),
  };
}

function explainRead(number: number): string {
  switch (number) {
    case errno.EINVAL:
    case errno.EOPNOTSUPP:
      return 'link_read: the link is not of an iterator (SEC("iter/…"))';
    case errno.E2BIG:
      return "link_read: the program wrote more about one object than the kernel keeps for it";
    default:
      return `link_read: the kernel refuses to run the iterator (errno ${number})`;
  }
}
