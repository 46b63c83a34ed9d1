import { errno, errnoName } from "../errors/errno";

/** The sentence of the latest failed call. The hosts of the published ABI give none, so what was tried is all there is to say. */
let text: string = "";

/** The sentence of the latest call that failed. */
export function lastText(): string {
  return text;
}

/** Notes a failure. @returns the negative errno */
export function failed(code: i32, what: string): i32 {
  text = what;
  return code < 0 ? code : -code;
}

/** Notes a call whose result says nothing but its number. */
export function failedCall(what: string, result: i32): i32 {
  return failed(
    result,
    `${what} (${errnoName(result)}); a host of the wasm_bpf ABI does not say why`,
  );
}

/** What a call of the SDK gives that the published ABI has no function for. `wbpf build --portable` refuses a tool that reaches it. */
export function unsupported(name: string): i32 {
  return failed(-errno.EOPNOTSUPP, `${name} cannot be expressed by the wasm_bpf ABI`);
}
