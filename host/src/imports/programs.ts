import type { ImportContext } from "./context.js";

/** `program_*` and `link_*`, see docs/abi.md. */
export function programImports(context: ImportContext) {
  const { handles } = context;
  return {
    program_attach: context.cold("program_attach", (program) => {
      const link = handles.get(program, "program").attach();
      return context.adopt("link", link, handles.ownerOf(program), () => link.destroy());
    }),
    link_destroy: context.cold("link_destroy", (handle) => {
      const link = handles.get(handle, "link");
      handles.remove(handle);
      link.destroy();
      return 0;
    }),
  };
}
