/** What a tool cannot use with the published ABI. */
export interface Rule {
  /** The compiler's name of a function. */
  readonly pattern: RegExp;
  /** The end of a sentence that begins with what was called. */
  readonly why: string;
}

const SDK = "~lib/@wbpf/sdk/assembly";

/** Classes of the SDK whose methods need more than the published ABI has. Every skeleton calls their constructors, which only fill fields. */
export const RULES: readonly Rule[] = [
  {
    pattern: new RegExp(`^${SDK}/map/queue_map/\\w+(<.*>)?#(?!constructor|[gs]et:)`),
    why: "it has no call for maps without keys",
  },
  {
    pattern: new RegExp(`^${SDK}/map/per_cpu_map/\\w+(<.*>)?#(?!constructor|[gs]et:)`),
    why: "it does not say how many CPUs a value is for",
  },
];

/** Why a function of the SDK's ABI is missing; for those that are not named here the reason is that there is no such function. */
export const REASONS: Readonly<Record<string, string>> = {
  link_destroy: "it detaches a program only together with its whole object",
};

/**
 * What calls a missing function on the way to something else, and does without: closing an object detaches its programs anyway, and a skeleton whose attach
 * failed is closed or ends.
 */
export const FORGIVEN: readonly (readonly [caller: string, callee: string])[] = [
  [`${SDK}/object/bpf_object/BpfObject#attach`, `${SDK}/object/bpf_object/BpfObject#detach`],
  [`${SDK}/object/bpf_object/BpfObject#destroy`, `${SDK}/object/bpf_object/BpfObject#detach`],
];

/** Where the compiler puts the functions of the SDK's `abi` folder: the file's name and the function's follow. */
export const ABI = `${SDK}/abi/`;
