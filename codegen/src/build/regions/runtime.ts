/** Text of the file that the compiler takes as its runtime. What it exports is compiled although no code calls it yet: {@link regionsTransform} does, and takes the exports away. */
export const RUNTIME_TEXT = `export { __region_enter, __region_leave } from "@wbpf/sdk/assembly/abi/regions";\n`;

/** Names of those exports. */
export const RUNTIME_EXPORTS: readonly string[] = ["__region_enter", "__region_leave"];
