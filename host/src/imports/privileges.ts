import type { ImportContext } from "./context.js";

/** `privileges_drop`, see docs/abi.md. */
export const privilegeImports = (context: ImportContext) => ({
  privileges_drop: context.cold("privileges_drop", () => {
    context.privileges.drop();
    return 0;
  }),
});
