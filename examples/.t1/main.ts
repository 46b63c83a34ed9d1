import { args, console } from "@wbpf/sdk/assembly";
export function main(): i32 {
  console.log("hello " + args.u64("x", 3).toString());
  return 0;
}
export function plugin(a: i32): i32 {
  return a + 1;
}
