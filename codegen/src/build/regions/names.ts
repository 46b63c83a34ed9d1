/** What the analysis knows by name: functions of the runtime for regions, and of the compiler's library. */

const RUNTIME = "~lib/@wbpf/sdk/assembly/abi/regions/";

export const ENTER = `${RUNTIME}__region_enter`;
export const RESET = `${RUNTIME}__region_reset`;
export const LEAVE = `${RUNTIME}__region_leave`;
export const KEEP = `${RUNTIME}__region_keep`;
export const BOUNDED = `${RUNTIME}__region_bounded`;
/** The compiler calls it after a reference was stored in an object. */
export const LINK = `${RUNTIME}__link`;
/** What makes objects. */
export const ALLOCATORS: readonly string[] = ["__new", "__renew", "__alloc", "__realloc"].map(
  (name) => RUNTIME + name,
);
/** What stores a reference, says that an object stays whatever holds it, or gives memory that is not given back at a region's end. */
export const KEEPING: readonly string[] = ["__link", "__pin", "__alloc", "__realloc"].map(
  (name) => RUNTIME + name,
);
/** Never returns. */
export const ABORT = "~lib/@wbpf/sdk/assembly/start/onAbort";

/** Whether a function is of the runtime itself. */
export const isRuntime = (name: string): boolean => name.startsWith(RUNTIME);
/** Whether a function is of the SDK: only there the marks mean anything. */
export const isSdk = (name: string): boolean => name.startsWith("~lib/@wbpf/sdk/");
/**
 * Whether a function is of AssemblyScript's library: its loops go over what they are given. The compiler names packages in the same way.
 *
 * @param files names of the library's own, such as `util/string`
 */
export function isLibrary(name: string, files: ReadonlySet<string>): boolean {
  if (!name.startsWith("~lib/")) return false;
  const path = name.slice("~lib/".length).replace(/<.*/s, "").split("/");
  return path.some((_, parts) => files.has(path.slice(0, parts).join("/")));
}

/** A function as its author knows it: `main.ts: main`. */
export function shownName(name: string): string {
  const [, file, rest] = /^(.*)\/([^/]*)$/.exec(name.replace(/<.*/, "")) ?? [];
  if (file === undefined || rest === undefined) return name;
  return `${rest.replace(/^.*~anonymous.*/, "a function without a name")} of ${file}.ts`;
}
